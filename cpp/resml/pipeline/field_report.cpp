#include "resml/pipeline/field_report.hpp"

#include <algorithm>

#include "resml/data/cells.hpp"
#include "resml/data/csv_reader.hpp"
#include "resml/pipeline/model.hpp"

namespace resml {
namespace {

constexpr std::uint64_t kFewRows = 20;  // too few to say that a value never comes again

std::uint64_t count_filled(const Column& column) {
  std::vector<char> has_value;
  for (const std::string& value : column.values) has_value.push_back(is_missing(value) ? 0 : 1);
  return static_cast<std::uint64_t>(
      std::count_if(column.codes.begin(), column.codes.end(),
                    [&](std::uint32_t code) { return has_value[code] != 0; }));
}

// Columns of the file whose kind only their cells can tell.
std::vector<std::string> undecided(const std::vector<FieldDefinition>& fields,
                                   const std::map<std::string, ColumnFacts>& facts) {
  std::vector<std::string> names;
  for (const FieldDefinition& field : fields) {
    if (!field.kind && facts.contains(field.name)) names.push_back(field.name);
  }
  return names;
}

std::optional<FieldKind> kind_of(const FieldDefinition& field, const ColumnFacts* facts) {
  if (field.kind || facts == nullptr) return field.kind;
  return facts->kind;
}

FieldReport unusable(FieldReport report, std::string note) {
  report.is_usable = false;
  report.note = std::move(note);
  return report;
}

}  // namespace

std::map<std::string, ColumnFacts> read_column_facts(const std::string& path,
                                                     const std::vector<FieldDefinition>& fields,
                                                     const FitContext& context) {
  std::map<std::string, ColumnFacts> facts;
  CsvReader reader(open_file(path), {.wanted = {}});
  while (true) {
    const Table table = reader.read(CsvReader::kRowsAtOnce, context);
    for (const Column& column : table.columns) {
      ColumnFacts& column_facts = facts[column.name];
      column_facts.n_rows += table.n_rows;
      column_facts.n_filled += count_filled(column);
    }
    if (table.n_rows == 0) break;
  }
  const std::vector<std::string> names = undecided(fields, facts);
  if (names.empty()) return facts;
  CsvReader again(open_file(path), {.wanted = names});
  const Table table = again.read(context);
  for (const Column& column : table.columns) {
    ColumnFacts& column_facts = facts[column.name];
    column_facts.kind = infer_field_type(column).kind;
    column_facts.has_one_value_per_row =
        table.n_rows >= kFewRows && column.values.size() == table.n_rows;
  }
  return facts;
}

FieldReport report_field(const FieldDefinition& field,
                         const std::map<std::string, ColumnFacts>* facts) {
  const ColumnFacts* column = nullptr;
  if (facts != nullptr) {
    const auto found = facts->find(field.name);
    if (found != facts->end()) column = &found->second;
  }
  const std::optional<FieldKind> kind = kind_of(field, column);
  FieldReport report{.kind = kind ? std::string(kind_name(*kind)) : field.input_type};
  if (column != nullptr && column->n_rows > 0) {
    report.filled = static_cast<double>(column->n_filled) / static_cast<double>(column->n_rows);
  }
  if (facts != nullptr && column == nullptr) return unusable(report, "not in the file");
  if (field.name == "id") return unusable(report, "numbers the incidents");
  if (kind == FieldKind::Text) return unusable(report, "text cannot be learnt from yet");
  if (report.filled == 0.0) return unusable(report, "no value in any row");
  if (column != nullptr && column->has_one_value_per_row && kind == FieldKind::Category)
    return unusable(report, "another value in every row");
  if (!kind) report.note = "if its cells are no prose; a file tells";
  if (is_late_field(field.name)) report.note = "filled late; a new incident has no value yet";
  return report;
}

}  // namespace resml
