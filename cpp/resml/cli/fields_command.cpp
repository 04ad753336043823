#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "resml/cli/commands.hpp"
#include "resml/cli/console.hpp"
#include "resml/cli/platform_connection.hpp"
#include "resml/cli/platform_download.hpp"
#include "resml/cli/training.hpp"
#include "resml/pipeline/field_report.hpp"

namespace resml {
namespace {

constexpr std::size_t kColumns = 5;
using Line = std::array<std::string, kColumns>;

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

// Columns are aligned by characters, not by bytes.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

void print_lines(const std::vector<Line>& lines, Console& console) {
  std::array<std::size_t, kColumns> widths{};
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], width_of(line[i]));
  }
  for (const Line& line : lines) {
    std::string out;
    for (std::size_t i = 0; i < kColumns; ++i) {
      if (widths[i] == 0) continue;
      out += line[i];
      if (i + 1 < kColumns) out += std::string(widths[i] - width_of(line[i]) + 2, ' ');
    }
    console.result(out);
  }
}

std::string json_line(const FieldDefinition& field, const FieldReport& report) {
  nlohmann::ordered_json object;
  object["name"] = field.name;
  object["label"] = field.label;
  object["input_type"] = field.input_type;
  object["type"] = report.type;
  if (report.filled) object["filled"] = *report.filled;
  object["usable"] = report.is_usable;
  object["note"] = report.note;
  object["values"] = nlohmann::ordered_json::array();
  for (const FieldValue& value : field.values) {
    nlohmann::ordered_json entry;
    entry["value"] = value.id;
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

  std::vector<Line> lines = {
      {"name", "label", "type", args.csv.empty() ? "" : "filled", "feature"}};
  for (const FieldDefinition& field : definitions.fields) {
    const FieldReport report = report_field(field, args.csv.empty() ? nullptr : &facts);
    if (args.json) {
      console.result(json_line(field, report));
    } else {
      lines.push_back({field.name, field.label, report.type,
                       report.filled ? percent(*report.filled) : "", verdict(report)});
    }
  }
  if (!args.json) print_lines(lines, console);
}

}  // namespace

void add_fields_command(CLI::App& app, const GlobalArguments& global) {
  auto args = std::make_shared<FieldsArguments>();
  CLI::App* command = app.add_subcommand(
      "fields",
      "List the platform's incident fields: name, label, type, and whether a model can learn from\n"
      "each; with a CSV file also the share of its rows that have a value.\n"
      "Example: res-ml fields -c incidents.csv");
  command->add_option("-c,--csv", args->csv, "CSV file with incidents");
  command->add_option("-f,--file_config,--config", args->config, "configuration file");
  command->add_flag("--json", args->json, "one JSON object a line, with the values of each field");
  command->callback([args, &global] { fields(*args, global); });
}

}  // namespace resml
