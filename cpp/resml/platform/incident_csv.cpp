#include "resml/platform/incident_csv.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "resml/base/error.hpp"
#include "resml/data/csv_writer.hpp"
#include "resml/data/incident_cells.hpp"
#include "resml/platform/field_file.hpp"

namespace resml {
namespace {

constexpr std::size_t kBytesAtOnce = std::size_t{1} << 20;

std::string cell_or_empty(const nlohmann::json& incident, const std::string& name,
                          const FitContext& context) {
  try {
    return incident_cell(incident, name);
  } catch (const InputError& error) {
    context.warn(concat("Exception in reading incident field ", name, ": ", error.what()));
    return "";
  }
}

}  // namespace

std::vector<std::string> field_names(const FieldDefinitions& definitions) {
  std::vector<std::string> names;
  for (const FieldDefinition& field : definitions.fields) names.push_back(field.name);
  return names;
}

std::string incident_row(const nlohmann::json& incident, const std::vector<std::string>& names,
                         const FitContext& context) {
  std::vector<std::string> cells;
  cells.reserve(names.size());
  for (const std::string& name : names) cells.push_back(cell_or_empty(incident, name, context));
  std::string row;
  append_csv_row(row, cells);
  return row;
}

IncidentCsv::IncidentCsv(const std::string& path, const FieldDefinitions& definitions)
    : path_(path), csv_(path, FileMode::Private), fields_(field_file_of(path), FileMode::Private) {
  if (definitions.fields.empty()) throw RemoteError("the platform names no field of incidents");
  fields_.append(encode_fields(definitions.fields));
  append_csv_row(out_, field_names(definitions));
}

void IncidentCsv::append(std::string_view row) {
  out_ += row;
  if (out_.size() >= kBytesAtOnce) flush();
}

void IncidentCsv::flush() {
  csv_.append(out_);
  sha_.update(out_);
  out_.clear();
}

void IncidentCsv::commit(DownloadState* state) {
  flush();
  fields_.commit();
  csv_.commit();
  // Where this is not reached, the old state's digest tells that it is of another file.
  if (state == nullptr) {
    std::error_code none;
    std::filesystem::remove(state_file_of(path_), none);
    return;
  }
  state->csv_sha256 = sha_.hex_digest();
  write_file_atomically(state_file_of(path_), encode_state(*state), FileMode::Private);
}

}  // namespace resml
