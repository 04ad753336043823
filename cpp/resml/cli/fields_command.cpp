#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "resml/cli/commands.hpp"
#include "resml/cli/console.hpp"
#include "resml/cli/format.hpp"
#include "resml/cli/platform_connection.hpp"
#include "resml/cli/platform_download.hpp"
#include "resml/cli/training.hpp"
#include "resml/pipeline/field_report.hpp"

namespace resml {
namespace {

struct FieldsArguments {
  std::string csv;
  std::string config;
  bool json = false;
};

std::string percent(double fraction) {
  // Not 100 where a row is empty, nor 0 where one is not.
  const double tenths = fraction > 0.5 ? std::floor(fraction * 1000) : std::ceil(fraction * 1000);
  return concat(tenths / 10, '%');
}

std::string verdict(const FieldReport& report) {
  return concat(report.is_usable ? "yes" : "no", report.note.empty() ? "" : ": ", report.note);
}

std::string json_line(const FieldDefinition& field, const FieldReport& report) {
  nlohmann::ordered_json object;
  object["name"] = field.name;
  object["label"] = field.label;
  object["input_type"] = field.input_type;
  object["kind"] = report.kind;
  if (report.filled) object["filled"] = *report.filled;
  object["usable"] = report.is_usable;
  object["note"] = report.note;
  object["values"] = nlohmann::ordered_json::array();
  for (const FieldValue& value : field.values) {
    nlohmann::ordered_json entry;
    entry["value"] = value.value;
    entry["label"] = value.label;
    entry["enabled"] = value.enabled;
    object["values"].push_back(std::move(entry));
  }
  return object.dump();
}

void fields(const FieldsArguments& args, const GlobalArguments& global) {
  Console console(global.verbose);
  const FitContext context = make_context(global, 0);
  PlatformConnection connection(args.config, global, context.stop, console);
  const FieldDefinitions definitions = fetch_fields(connection.session(), console);
  std::map<std::string, ColumnFacts> facts;
  if (!args.csv.empty()) facts = read_column_facts(args.csv, definitions.fields, context);

  std::vector<std::vector<std::string>> rows = {
      {"name", "label", "kind", args.csv.empty() ? "" : "filled", "feature"}};
  for (const FieldDefinition& field : definitions.fields) {
    const FieldReport report = report_field(field, args.csv.empty() ? nullptr : &facts);
    if (args.json) {
      console.result(json_line(field, report));
    } else {
      rows.push_back({field.name, field.label, report.kind,
                      report.filled ? percent(*report.filled) : "", verdict(report)});
    }
  }
  if (args.json) return;
  for (const std::string& line : aligned(rows)) console.result(line);
}

}  // namespace

void add_fields_command(CLI::App& app, const GlobalArguments& global) {
  auto args = std::make_shared<FieldsArguments>();
  CLI::App* command = app.add_subcommand(
      "fields",
      "List the platform's incident fields: name, label, kind, and whether a model can learn from\n"
      "each; with a CSV file also the share of its rows that have a value.\n"
      "Example: res-ml fields -c incidents.csv");
  command->add_option("-c,--csv", args->csv, "CSV file with incidents");
  add_config_option(*command, args->config);
  command->add_flag("--json", args->json, "one JSON object a line, with the values of each field");
  command->callback([args, &global] { fields(*args, global); });
}

}  // namespace resml
