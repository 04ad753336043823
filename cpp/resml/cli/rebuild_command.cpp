#include <CLI/CLI.hpp>
#include <memory>

#include "resml/base/error.hpp"
#include "resml/base/file.hpp"
#include "resml/cli/commands.hpp"
#include "resml/cli/console.hpp"
#include "resml/cli/platform_download.hpp"
#include "resml/cli/summary.hpp"
#include "resml/cli/training.hpp"
#include "resml/pipeline/model_file.hpp"
#include "resml/settings/ini_file.hpp"

namespace resml {
namespace {

struct RebuildArguments {
  std::string input;
  std::string csv;
  std::string config;
  bool force = false;
};

void refuse_if_worse(const Model& champion, const Model& challenger, const std::string& path) {
  const Score change = compare_accuracy(champion, challenger);
  if (change.high >= 0) return;
  throw InputError(path, ": not replaced: the new model's accuracy is ",
                   challenger.evaluation.accuracy.value, ", the old one's was ",
                   champion.evaluation.accuracy.value,
                   " (change with its 95 % interval: ", change.value, ", ", change.low, " to ",
                   change.high, "); use --force to replace it all the same");
}

// The gate sees no difference that few incidents cannot show.
void warn_of_few(const Model& champion, const Model& challenger, Console& console) {
  const std::uint64_t before = champion.provenance.rows.used;
  const std::uint64_t now = challenger.provenance.rows.used;
  if (2 * now >= before) return;
  console.message(concat("warning: learnt from ", now, " incidents, the old model from ", before,
                         "; is the file whole?"));
}

void rebuild(const RebuildArguments& args, const GlobalArguments& global) {
  Console console(global.verbose);
  if (!args.config.empty()) IniFile::read(args.config);  // a slip must not go unnoticed
  const Model champion = load_model(args.input);
  MachineLearningSettings settings = champion.settings;
  if (global.seed) settings.seed = *global.seed;
  const FitContext context = make_context(global, settings.seed);
  check_writable(args.input);
  const std::string csv =
      args.csv.empty() ? download_samples({args.config, {}}, global, context, console) : args.csv;
  const Source source = read_samples(csv, settings, context);
  const Model model = train(source, settings, context, console);
  for (const std::string& line : summary_lines(model, args.input)) console.result(line);
  warn_of_few(champion, model, console);
  if (!args.force) refuse_if_worse(champion, model, args.input);
  // Written first, named last: on a full disk both files stay as they are.
  AtomicFile successor(args.input, FileMode::Shared);
  write_model(model, successor);
  keep_previous(args.input);
  successor.commit();
}

}  // namespace

void add_rebuild_command(CLI::App& app, const GlobalArguments& global) {
  auto args = std::make_shared<RebuildArguments>();
  CLI::App* command = app.add_subcommand(
      "rebuild",
      "Learn a model again, with its own settings, from newer incidents. The file is replaced "
      "unless\n"
      "the new model is significantly worse (exit 1); the old one stays as NAME.previous.\n"
      "Example: res-ml rebuild -i model.ml -c incidents.csv");
  command->add_option("-i,--input", args->input, "model file to rebuild")->required();
  command->add_option("-c,--csv", args->csv,
                      "CSV file with the incidents; without it they are downloaded");
  add_config_option(*command, args->config,
                    "configuration file: the platform, and which incidents are downloaded; "
                    "all\nelse is the model's own");
  command->add_flag("--force", args->force, "replace the model also by a worse one");
  command->callback([args, &global] { rebuild(*args, global); });
}

}  // namespace resml
