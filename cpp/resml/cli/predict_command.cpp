#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "resml/base/error.hpp"
#include "resml/base/file.hpp"
#include "resml/cli/commands.hpp"
#include "resml/cli/console.hpp"
#include "resml/cli/platform_connection.hpp"
#include "resml/cli/platform_download.hpp"
#include "resml/cli/training.hpp"
#include "resml/data/csv_reader.hpp"
#include "resml/data/csv_writer.hpp"
#include "resml/data/incident_cells.hpp"
#include "resml/data/python_text.hpp"
#include "resml/pipeline/model_file.hpp"
#include "resml/platform/incident_by_id.hpp"

namespace resml {
namespace {

// As CLI11 has it: what is wrong with the text, empty if nothing is.
std::string incident_id_fault(const std::string& text) {
  if (parse_whole<std::int64_t>(text).value_or(0) > 0) return "";
  return concat("expected an incident's id, got ", quoted(text));
}

struct PredictArguments {
  std::string model;
  std::string csv;
  std::vector<std::int64_t> incidents;  // instead of `csv`: their ids
  std::string config;                   // where that is
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

// Writes the answers for one table after the other.
class Answers {
 public:
  Answers(const PredictArguments& args, const Model& model)
      : args_(args), model_(model), names_(column_names(args, model)), sink_(args.output) {
    if (!args.json) append_csv_row(out_, names_);
  }

  void write(const Table& table) {
    const std::size_t first_probability = args_.keep.size() + (has_labels(model_) ? 2 : 1);
    const Predictions predictions = model_.pipeline.predict(table);
    for (std::size_t i = 0; i < table.n_rows; ++i) {
      const auto cells = cells_of(table, predictions, i);
      if (args_.json) {
        out_ += json_line(names_, cells, first_probability);
      } else {
        append_csv_row(out_, cells);
      }
    }
    flush();
  }

  void finish() {
    flush();
    sink_.finish();
  }

 private:
  // For row `i`, in the order of column_names().
  std::vector<std::string> cells_of(const Table& table, const Predictions& predictions,
                                    std::size_t i) const {
    std::vector<std::string> cells;
    for (const std::string& name : args_.keep) {
      const Column& column = *find_column(table, name);
      cells.push_back(column.values[column.codes[i]]);
    }
    const std::vector<std::string>& classes = model_.pipeline.classes();
    const std::string& prediction = classes[predictions.decisions[i]];
    cells.push_back(prediction);
    if (has_labels(model_)) cells.push_back(model_.provenance.label_of(prediction));
    cells.push_back(python_float(predictions.probability(i)));
    for (std::size_t c = 0; args_.probabilities && c < classes.size(); ++c) {
      cells.push_back(python_float(
          predictions.probabilities(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(c))));
    }
    cells.push_back(predictions.notes[i]);
    return cells;
  }

  void flush() {
    sink_.write(out_);
    out_.clear();
  }

  const PredictArguments& args_;
  const Model& model_;
  std::vector<std::string> names_;
  AnswerSink sink_;
  std::string out_;
};

// The features and what is kept, each once.
std::vector<std::string> wanted_columns(const PredictArguments& args, const Model& model) {
  std::vector<std::string> wanted = model.settings.features;
  for (const std::string& name : args.keep) {
    if (std::find(wanted.begin(), wanted.end(), name) == wanted.end()) wanted.push_back(name);
  }
  return wanted;
}

void predict_csv(const PredictArguments& args, const Model& model, const FitContext& context) {
  // Features that the file lacks are an error; create_date is taken where it is there.
  const CsvColumns columns{.wanted = wanted_columns(args, model),
                           .if_present = model.pipeline.encoder().inputs()};
  CsvReader reader(args.csv == "-" ? open_stdin() : open_file(args.csv), columns);
  Answers answers(args, model);
  while (true) {
    const Table table = reader.read(CsvReader::kRowsAtOnce, context);
    if (table.n_rows == 0) break;
    answers.write(table);
  }
  answers.finish();
}

// A field that no incident can have is a slip, as a column that a file lacks is one.
void throw_unless_fields(const std::vector<std::string>& wanted, const FieldDefinitions& there) {
  std::vector<std::string> known = field_names(there);
  known.emplace_back("id");
  for (const std::string& name : wanted) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw InputError("predict: the platform has no field ", quoted(name),
                       did_you_mean(name, known, "fields"));
    }
  }
}

void predict_incidents(const PredictArguments& args, const Model& model,
                       PlatformConnection& connection, Console& console) {
  std::vector<std::string> names = wanted_columns(args, model);
  throw_unless_fields(names, fetch_fields(connection.session(), console));
  for (const std::string& name : model.pipeline.encoder().inputs()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  Answers answers(args, model);
  std::vector<std::string> missing;
  for (const std::int64_t id : args.incidents) {
    const auto incident = fetch_incident(connection.session(), id);
    if (incident) {
      answers.write(incidents_table(std::vector{*incident}, names));
    } else {
      missing.push_back(concat(id));
    }
  }
  answers.finish();
  if (!missing.empty())
    throw RemoteError("predict: the platform has no incident ", join(missing, ", "));
}

void predict(const PredictArguments& args, const GlobalArguments& global) {
  Console console(global.verbose);
  const Model model = load_model(args.model);
  const FitContext context = make_context(global, 0);
  if (args.incidents.empty()) {
    predict_csv(args, model, context);
  } else {
    if (!args.output.empty()) check_writable(args.output);
    PlatformConnection connection(args.config, global, context.stop, console);
    predict_incidents(args, model, connection, console);
  }
}

}  // namespace

void add_predict_command(CLI::App& app, const GlobalArguments& global) {
  auto args = std::make_shared<PredictArguments>();
  CLI::App* command =
      app.add_subcommand("predict",
                         "Answer for the incidents of a CSV file or of the platform: prediction, "
                         "the probability that\n"
                         "it is right, and notes on what was missing or new. \"-c -\" reads "
                         "standard input; --incident\n"
                         "reads from the platform and writes nothing there.\n"
                         "Example: res-ml predict -i model.ml -c new.csv --keep id,name\n"
                         "Example: res-ml predict -i model.ml --incident 2095,2101 --keep id");
  command->add_option("-i,--input", args->model, "model file")->required();
  CLI::Option_group* from = command->add_option_group("from", "Which incidents, one of:");
  from->add_option("-c,--csv", args->csv, "CSV file with the incidents, - = standard input");
  from->add_option("--incident", args->incidents, "their ids on the platform, with commas")
      ->delimiter(',')
      ->check(CLI::Validator(incident_id_fault, "INCIDENT"));
  from->require_option(1);
  add_config_option(*command, args->config, "configuration file that says where the platform is");
  command->add_option("-o,--output", args->output, "file to write; standard output by default");
  command->add_option("--keep", args->keep, "columns to copy, separated by commas")->delimiter(',');
  command->add_flag("--probabilities", args->probabilities, "one more column for every value");
  command->add_flag("--json", args->json, "one JSON object a line");
  command->callback([args, &global] { predict(*args, global); });
}

}  // namespace resml
