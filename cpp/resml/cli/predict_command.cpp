#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

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

// Whether the platform had words for the values when the model was built.
bool has_labels(const Model& model) { return !model.provenance.labels.empty(); }

std::vector<std::string> column_names(const PredictArguments& args, const Model& model) {
  std::vector<std::string> names = args.keep;
  names.emplace_back("prediction");
  if (has_labels(model)) names.emplace_back("label");
  names.emplace_back("probability");
  if (args.probabilities) {
    for (const std::string& value : model.pipeline.classes())
      names.push_back("probability_" + value);
  }
  names.emplace_back("notes");
  return names;
}

// The answer for one row, in the order of column_names().
std::vector<std::string> answer_cells(const PredictArguments& args, const Model& model,
                                      const Table& table, const Predictions& predictions,
                                      std::size_t i) {
  std::vector<std::string> cells;
  for (const std::string& name : args.keep) {
    const Column& column = *find_column(table, name);
    cells.push_back(column.values[column.codes[i]]);
  }
  const std::vector<std::string>& classes = model.pipeline.classes();
  const std::string& prediction = classes[predictions.decisions[i]];
  cells.push_back(prediction);
  if (has_labels(model)) {
    const auto label = model.provenance.labels.find(prediction);
    cells.push_back(label == model.provenance.labels.end() ? "" : label->second);
  }
  cells.push_back(python_float(predictions.probability(i)));
  for (std::size_t c = 0; args.probabilities && c < classes.size(); ++c) {
    cells.push_back(python_float(
        predictions.probabilities(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(c))));
  }
  cells.push_back(predictions.notes[i]);
  return cells;
}

// All are texts but the probabilities, which are what stands from `first_probability` on, the last
// column aside.
std::string json_line(const std::vector<std::string>& names, const std::vector<std::string>& cells,
                      std::size_t first_probability) {
  nlohmann::ordered_json object;
  for (std::size_t k = 0; k < names.size(); ++k) {
    const bool is_probability = k >= first_probability && k + 1 < names.size();
    object[names[k]] =
        is_probability ? nlohmann::ordered_json::parse(cells[k]) : nlohmann::ordered_json(cells[k]);
  }
  return object.dump() + "\n";
}

// A file that appears whole or not at all, or standard output.
class AnswerSink {
 public:
  explicit AnswerSink(const std::string& path) {
    // Private: answers are about incidents.
    if (!path.empty()) file_.emplace(path, FileMode::Private);
  }
  void write(const std::string& text) {
    if (file_) {
      file_->append(text);
    } else if (!(std::cout << text << std::flush)) {
      throw InputError("<stdout>: cannot be written");
    }
  }
  void finish() {
    if (file_) file_->commit();
  }

 private:
  std::optional<AtomicFile> file_;
};

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
  AnswerSink sink(args.output);
  const std::vector<std::string> names = column_names(args, model);
  const std::size_t first_probability = args.keep.size() + (has_labels(model) ? 2 : 1);
  std::string out;
  if (!args.json) append_csv_row(out, names);
  while (true) {
    const Table table = reader.read(kRowsAtOnce, context);
    const Predictions predictions = model.pipeline.predict(table);
    for (std::size_t i = 0; i < table.n_rows; ++i) {
      const auto cells = answer_cells(args, model, table, predictions, i);
      if (args.json) {
        out += json_line(names, cells, first_probability);
      } else {
        append_csv_row(out, cells);
      }
    }
    sink.write(out);
    out.clear();
    if (table.n_rows == 0) break;
  }
  sink.finish();
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
