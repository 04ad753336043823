#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "resml/base/file.hpp"
#include "resml/base/text.hpp"
#include "resml/cli/commands.hpp"
#include "resml/cli/console.hpp"
#include "resml/cli/platform_download.hpp"
#include "resml/cli/summary.hpp"
#include "resml/cli/training.hpp"
#include "resml/learn/registry.hpp"
#include "resml/pipeline/model_file.hpp"
#include "resml/pipeline/original_pickle.hpp"

namespace resml {
namespace {

struct BuildArguments {
  std::string output;
  std::string csv;
  std::string input;  // a slip: rebuild has it
  SettingsArguments settings;
  bool yes_late_fields = false;
};

// The successor of a model of version 1.1 has its name, as workflows know it; nobody can make the
// old one again.
void keep_pickle(const std::string& path) {
  if (is_there(path) && is_original_pickle(read_file(path))) keep_previous(path);
}

void build(const BuildArguments& args, const GlobalArguments& global) {
  Console console(global.verbose);
  const MachineLearningSettings settings = read_settings(args.settings, global, console);
  check_writable(args.output);
  const FitContext context = make_context(global, settings.seed);
  std::string csv = args.csv;
  if (csv.empty()) {
    check_recipe(settings);
    csv = download_samples(args.settings, global, context, console);
  }
  const Source source = read_samples(csv, settings, context);
  Model model = train(source, settings, context, console);
  if (args.yes_late_fields) model.provenance.late_fields.clear();
  for (const std::string& line : summary_lines(model, args.output)) console.result(line);
  keep_pickle(args.output);
  save_model(model, args.output);
}

std::string help_on(const std::vector<AlgorithmInfo>& list) {
  std::string text;
  for (const AlgorithmInfo& one : list) {
    text += concat(one.name, ": ", one.meaning, "\n");
    for (const OptionInfo& option : one.options) {
      text += concat("  ", option.name, " = ", option.default_value, "  (", option.range, ")  ",
                     option.meaning, "\n");
    }
  }
  return text;
}

std::string algorithms_help() {
  return concat(help_on(algorithms()), "\nMethods\n", help_on(methods()));
}

}  // namespace

void add_build_command(CLI::App& app, const GlobalArguments& global) {
  auto args = std::make_shared<BuildArguments>();
  CLI::App* command = app.add_subcommand(
      "build",
      "Learn a model from the platform's incidents, or those of a CSV file, and print what it is\n"
      "worth.\n"
      "Settings come from -f, else ml.config here, else app.config; --set overrides one key.\n"
      "Example: res-ml build -o model.ml -c incidents.csv --set \"algorithm=Decision Tree\"");
  command->add_option("-o,--output", args->output, "model file to write")->required();
  command->add_option("-c,--csv", args->csv,
                      "CSV file with the incidents; without it they are downloaded");
  add_settings_options(*command, args->settings);
  command->add_flag("--yes-late-fields", args->yes_late_fields,
                    "no warning about features that are filled late");
  command->add_option("-i,--input", args->input)->group("");
  command->add_flag_callback(
      "--help-algorithms",
      [] {
        std::cout << algorithms_help();
        throw CLI::Success();
      },
      "list the algorithms, the methods and their options");
  command->callback([args, &global] {
    if (!args->input.empty()) {
      throw CLI::ValidationError(
          "-i", "build makes a new model; to rebuild one: res-ml rebuild -i " + args->input);
    }
    build(*args, global);
  });
}

}  // namespace resml
