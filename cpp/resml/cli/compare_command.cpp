#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "resml/base/error.hpp"
#include "resml/base/file.hpp"
#include "resml/cli/commands.hpp"
#include "resml/cli/comparison_table.hpp"
#include "resml/cli/console.hpp"
#include "resml/cli/format.hpp"
#include "resml/cli/training.hpp"
#include "resml/pipeline/comparison.hpp"
#include "resml/pipeline/model_file.hpp"

namespace resml {
namespace {

struct CompareArguments {
  std::string csv;
  std::string pairs;
  std::string save_best;
  SettingsArguments settings;
  std::string by = "accuracy";
  bool json = false;
};

void say_done(const Contender& contender, Console& console) {
  const std::string name = pair_name(contender.pair);
  console.detail(concat(name, ": accuracy ", with_interval(contender.evaluation.accuracy),
                        ", built in ", duration_text(contender.build_seconds)));
}

void compare(const CompareArguments& args, const GlobalArguments& global) {
  Console console(global.verbose);
  const std::vector<Pair> pairs = parse_pairs(args.pairs, "--pairs");
  const Criterion criterion = parse_criterion(args.by, "--by");
  const MachineLearningSettings settings = read_settings(args.settings, global, console);
  if (!args.save_best.empty()) check_writable(args.save_best);
  const FitContext context = make_context(global, settings.seed);
  const Source source = read_samples(args.csv, settings_for(settings, pairs.front()), context);
  const Comparison comparison =
      compare_pairs(source, settings,
                    {.pairs = pairs,
                     .criterion = criterion,
                     .created = local_time(),
                     .on_done = [&](const Contender& contender) { say_done(contender, console); }},
                    context);
  if (args.json) {
    console.result(describe_comparison(comparison).dump(2));
  } else {
    for (const std::string& line : comparison_lines(comparison)) console.result(line);
  }
  if (comparison.stopped) {
    throw Cancelled("stopped: ", comparison.contenders.size(), " of ", pairs.size(),
                    " pairs were compared; nothing was saved");
  }
  if (args.save_best.empty()) return;
  save_model(comparison.best, args.save_best);
  console.message(
      concat("saved to ", args.save_best, ": ", pair_name(comparison.contenders.front().pair)));
}

}  // namespace

void add_compare_command(CLI::App& app, const GlobalArguments& global) {
  auto args = std::make_shared<CompareArguments>();
  CLI::App* command = app.add_subcommand(
      "compare",
      "Try algorithms and methods on the same incidents with the same split; best first.\n"
      "Settings as for build; algorithm and method of the configuration play no part.\n"
      "Example: res-ml compare -c incidents.csv --pairs \"Decision Tree, SVM + Bagging\"");
  command->add_option("-c,--csv", args->csv, "CSV file with the incidents")->required();
  command->add_option("--pairs", args->pairs,
                      "ALGORITHM or ALGORITHM + METHOD, with commas between them; all without it");
  command->add_option("--by", args->by,
                      "what is best: accuracy (the default), or f1, where rare "
                      "values count as much as frequent ones");
  add_settings_options(*command, args->settings);
  command->add_flag("--json", args->json, "the same as JSON, times in seconds");
  command->add_option("--save-best", args->save_best, "write the model of the first to this file");
  command->callback([args, &global] { compare(*args, global); });
}

}  // namespace resml
