// resml_bench: times parts of the core inside one process, prints JSON. tests/bench/run calls it;
// what a whole process takes is measured from outside, with res-ml.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "resml/base/error.hpp"
#include "resml/data/csv_reader.hpp"
#include "resml/learn/registry.hpp"
#include "resml/pipeline/model.hpp"
#include "resml/pipeline/model_file.hpp"
#include "resml/rows/grouping.hpp"

namespace resml {
namespace {

using nlohmann::json;

struct Arguments {
  std::string file;
  std::size_t repeats = 3;
  unsigned threads = 1;
  std::vector<std::string> columns = {};
  std::vector<std::string> settings = {};
  bool ungrouped = false;
};

// Seconds of the fastest of `repeats` calls.
template <class Work>
double best_seconds(std::size_t repeats, Work work) {
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < repeats; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    best = std::min(best, taken.count());
  }
  return best;
}

json time_csv(const Arguments& args) {
  const FitContext context{.threads = args.threads};
  std::size_t n_rows = 0;
  const double seconds = best_seconds(args.repeats, [&] {
    CsvReader reader(open_file(args.file), {.wanted = args.columns});
    n_rows = reader.read(context).n_rows;
    reader.sha256();  // as every build needs it
  });
  return {{"seconds", seconds}, {"rows", n_rows}, {"bytes", std::filesystem::file_size(args.file)}};
}

json time_open(const Arguments& args) {
  const double seconds = best_seconds(args.repeats, [&] { load_model(args.file); });
  return {{"seconds", seconds}, {"bytes", std::filesystem::file_size(args.file)}};
}

MachineLearningSettings parse_settings(const std::vector<std::string>& texts) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) throw InputError("expected KEY=VALUE, got ", quoted(text));
    pairs.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return read_machine_learning_settings(
      nullptr, pairs, [](const std::string&) { return std::optional<std::string>(); });
}

// The distinct row of every incident, in an order like that of a file.
template <class Counts>
std::vector<std::uint32_t> rows_of_incidents(const Counts& counts) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t i = 0; i < counts.size(); ++i) {
    rows.insert(rows.end(), static_cast<std::size_t>(counts[i]), i);
  }
  Rng rng(1);
  for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[rng.below(i)]);
  return rows;
}

// What grouping gets: the codes of every cell and label of every incident.
std::vector<std::vector<std::uint32_t>> codes_of(const Samples& samples,
                                                 const std::vector<std::uint32_t>& rows) {
  std::vector<std::vector<std::uint32_t>> codes;
  for (const Column& column : samples.table.columns) {
    codes.emplace_back();
    for (const std::uint32_t row : rows) codes.back().push_back(column.codes[row]);
  }
  codes.emplace_back();
  for (const std::uint32_t row : rows) codes.back().push_back(samples.labels[row]);
  return codes;
}

// Every incident as a row of its own.
TrainingSet without_grouping(const TrainingSet& set) {
  const std::vector<std::uint32_t> rows = rows_of_incidents(set.counts);
  TrainingSet each{.rows = select_rows(set.rows, rows),
                   .labels = {},
                   .counts = std::vector<double>(rows.size(), 1),
                   .weights = std::vector<double>(rows.size(), 1),
                   .n_classes = set.n_classes};
  for (const std::uint32_t row : rows) each.labels.push_back(set.labels[row]);
  return each;
}

json time_fit(const Arguments& args) {
  const MachineLearningSettings settings = parse_settings(args.settings);
  const FitContext context{.rng = Rng(settings.seed), .threads = args.threads};
  const AlgorithmInfo& algorithm = find_algorithm(settings.algorithm);
  ClassifierSpec spec{algorithm.kind, json::object()};
  for (const auto& [key, value] : settings.learner_options) spec.options[key] = value;

  const Source source = read_source(args.file, settings, context);
  const Samples samples = make_samples(source, settings);
  const auto codes = codes_of(samples, rows_of_incidents(samples.counts));
  const std::vector<std::span<const std::uint32_t>> views(codes.begin(), codes.end());
  const PreparedSamples prepared = prepare_samples(source, settings, context);
  const TrainingSet set = weighted_samples(prepared.training, prepared.classes, {});
  json result = {
      {"rows", prepared.training.n_incidents()},
      {"distinct", set.size()},
      {"columns", set.rows.n_columns()},
      {"group_seconds", best_seconds(args.repeats, [&] { group_rows(views); })},
      {"fit_seconds", best_seconds(args.repeats, [&] { fit_classifier(spec, set, context); })}};
  if (args.ungrouped) {
    const TrainingSet each = without_grouping(set);
    result["ungrouped_fit_seconds"] =
        best_seconds(args.repeats, [&] { fit_classifier(spec, each, context); });
  }
  return result;
}

void add_command(CLI::App& app, Arguments& args, const std::string& name, const std::string& what,
                 json (*work)(const Arguments&)) {
  CLI::App* command = app.add_subcommand(name, what);
  command->add_option("file", args.file)->required()->check(CLI::ExistingFile);
  command->add_option("--repeats", args.repeats, "the fastest of these counts")
      ->check(CLI::PositiveNumber);
  command->add_option("--threads", args.threads)->check(CLI::PositiveNumber);
  command->add_option("--column", args.columns, "csv: a column to read; all without it");
  command->add_option("--set", args.settings, "fit: KEY=VALUE as in res-ml build");
  command->add_flag("--ungrouped", args.ungrouped, "fit: also without grouping equal rows");
  command->callback([&args, work] { std::cout << work(args) << "\n"; });
}

}  // namespace
}  // namespace resml

int main(int argc, char** argv) {
  CLI::App app("Times parts of the core; prints JSON.", "resml_bench");
  app.require_subcommand(1);
  resml::Arguments args;
  resml::add_command(app, args, "csv", "CSV to columns of codes, SHA-256 included",
                     resml::time_csv);
  resml::add_command(app, args, "open", "a model file, all checks included", resml::time_open);
  resml::add_command(app, args, "fit",
                     "grouping of all coded rows, and the fit on the training half",
                     resml::time_fit);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    std::cerr << "resml_bench: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
