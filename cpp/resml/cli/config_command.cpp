#include <CLI/CLI.hpp>
#include <memory>

#include "resml/base/error.hpp"
#include "resml/base/file.hpp"
#include "resml/cli/commands.hpp"
#include "resml/cli/console.hpp"
#include "resml/settings/config_file.hpp"

namespace resml {
namespace {

struct ConfigArguments {
  std::string output = "ml.config";
};

void write_config(const ConfigArguments& args, const GlobalArguments& global) {
  Console console(global.verbose);
  if (is_there(args.output)) {
    throw InputError(args.output, " already exists. Please use another file name.");
  }
  // Private: the file is the place for an API key's secret.
  write_file_atomically(args.output, sample_config(), FileMode::Private);
  console.result(args.output + " written; edit its keys, then run res-ml build");
}

}  // namespace

void add_config_command(CLI::App& app, const GlobalArguments& global) {
  auto args = std::make_shared<ConfigArguments>();
  CLI::App* command = app.add_subcommand("config",
                                         "Write a sample configuration file.\n"
                                         "Example: res-ml config -o ml.config");
  command->add_option("-o,--output", args->output, "file to create")->capture_default_str();
  command->callback([args, &global] { write_config(*args, global); });
}

}  // namespace resml
