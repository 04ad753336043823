#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "resml/base/error.hpp"
#include "resml/base/file.hpp"
#include "resml/cli/commands.hpp"
#include "resml/cli/console.hpp"
#include "resml/cli/training.hpp"
#include "resml/data/cells.hpp"
#include "resml/data/csv_reader.hpp"
#include "resml/data/csv_writer.hpp"
#include "resml/pipeline/model_file.hpp"

namespace resml {
namespace {

constexpr std::size_t kRowsAtOnce = 4096;

struct PredictArguments {
  std::string model;
  std::string csv;
  std::string output;
  std::vector<std::string> keep;
  bool probabilities = false;
  bool json = false;
};

// One answered row as named cells, in the order in which they are written.
using Row = std::vector<std::pair<std::string, std::string>>;

Row answered_row(const PredictArguments& args, const Model& model, const Table& table,
                 const Predictions& predictions, std::size_t i) {
  Row row;
  for (const std::string& name : args.keep) {
    const Column& column = *find_column(table, name);
    row.emplace_back(name, column.values[column.codes[i]]);
  }
  const std::vector<std::string>& classes = model.pipeline.classes();
  row.emplace_back("prediction", classes[predictions.decisions[i]]);
  row.emplace_back("probability", python_float(predictions.probability(i)));
  for (std::size_t c = 0; args.probabilities && c < classes.size(); ++c) {
    row.emplace_back("probability_" + classes[c],
                     python_float(predictions.probabilities(static_cast<Eigen::Index>(i),
                                                            static_cast<Eigen::Index>(c))));
  }
  row.emplace_back("notes", predictions.notes[i]);
  return row;
}

std::string json_line(const Row& row) {
  nlohmann::ordered_json object;
  for (const auto& [name, text] : row) {
    double number = 0;
    if (name.starts_with("probability") && parse_double(text, number)) {
      object[name] = number;
    } else {
      object[name] = text;
    }
  }
  return object.dump() + "\n";
}

void append_csv(const Row& row, bool with_header, std::string& out) {
  std::vector<std::string> names;
  std::vector<std::string> cells;
  for (const auto& [name, text] : row) {
    names.push_back(name);
    cells.push_back(text);
  }
  if (with_header) append_csv_row(out, names);
  append_csv_row(out, cells);
}

void predict(const PredictArguments& args, const GlobalArguments& global) {
  Console console(global.verbose);
  const Model model = load_model(args.model);
  const FitContext context = make_context(global, 0);
  // Features that the file lacks are an error; create_date is taken where it is there.
  CsvColumns columns{.wanted = model.settings.features, .if_present = {}};
  for (const std::string& name : args.keep) {
    if (std::find(columns.wanted.begin(), columns.wanted.end(), name) == columns.wanted.end()) {
      columns.wanted.push_back(name);
    }
  }
  columns.if_present = model.pipeline.encoder().inputs();
  CsvReader reader(args.csv == "-" ? open_stdin() : open_file(args.csv), columns);
  std::string out;  // kept whole only where it goes into a file, which appears whole or not at all
  bool with_header = !args.json;
  while (true) {
    const Table table = reader.read(kRowsAtOnce, context);
    if (table.n_rows == 0) break;
    const Predictions predictions = model.pipeline.predict(table);
    for (std::size_t i = 0; i < table.n_rows; ++i) {
      const Row row = answered_row(args, model, table, predictions, i);
      if (args.json) {
        out += json_line(row);
      } else {
        append_csv(row, with_header, out);
      }
      with_header = false;
    }
    if (!args.output.empty()) continue;
    std::cout << out << std::flush;
    if (!std::cout) throw InputError("<stdout>: cannot be written");
    out.clear();
  }
  if (!args.output.empty()) write_file_atomically(args.output, out, FileMode::Private);
}

}  // namespace

void add_predict_command(CLI::App& app, const GlobalArguments& global) {
  auto args = std::make_shared<PredictArguments>();
  CLI::App* command = app.add_subcommand(
      "predict",
      "Answer for the incidents of a CSV file: prediction, the probability that it is right, and\n"
      "notes on what was missing or new. \"-c -\" reads standard input.\n"
      "Example: res-ml predict -i model.ml -c new.csv --keep id,name");
  command->add_option("-i,--input", args->model, "model file")->required();
  command->add_option("-c,--csv", args->csv, "CSV file with the incidents, - = standard input")
      ->required();
  command->add_option("-o,--output", args->output, "file to write; standard output by default");
  command->add_option("--keep", args->keep, "columns to copy, separated by commas")->delimiter(',');
  command->add_flag("--probabilities", args->probabilities, "one more column for every value");
  command->add_flag("--json", args->json, "one JSON object a line");
  command->callback([args, &global] { predict(*args, global); });
}

}  // namespace resml
