#include "resml/platform/incident_csv.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "resml/base/error.hpp"
#include "resml/data/byte_source.hpp"
#include "resml/data/csv_writer.hpp"
#include "resml/data/incident_cells.hpp"
#include "resml/platform/field_file.hpp"
#include "resml/platform/saved_rows.hpp"

namespace resml {
namespace {

constexpr std::size_t kBytesAtOnce = std::size_t{1} << 20;

}  // namespace

RowText incident_row(const nlohmann::json& incident, const std::vector<std::string>& names) {
  RowText row;
  std::vector<std::string> cells;
  cells.reserve(names.size());
  for (const std::string& name : names) {
    std::string& cell = cells.emplace_back();
    try {
      cell = incident_cell(incident, name);
    } catch (const InputError& error) {
      row.warnings.push_back(
          concat("Exception in reading incident field ", name, ": ", error.what()));
    }
  }
  append_csv_row(row.text, cells);
  return row;
}

std::string partial_state_of(const std::string& csv) {
  return partial_file_of(csv).string() + ".json";
}

IncidentCsv::IncidentCsv(const std::string& path, const FieldDefinitions& definitions,
                         PartialRows partial, const DownloadState& state)
    : path_(path),
      partial_(partial),
      csv_(partial == PartialRows::Dropped
               ? AtomicFile(path, FileMode::Private)
               : AtomicFile(path, FileMode::Private, AtomicFile::Partial{})),
      fields_(field_file_of(path), FileMode::Private) {
  if (definitions.fields.empty()) throw RemoteError("the platform names no field of incidents");
  fields_.append(encode_fields(definitions.fields));
  const std::vector<std::string> names = field_names(definitions);
  if (partial == PartialRows::Continued) resume(names);
  if (!ids_.empty()) return;
  append_csv_row(out_, names);
  if (partial == PartialRows::Dropped) return;
  csv_.continue_behind(0);
  partial_state_ = encode_state(state);
}

void IncidentCsv::resume(const std::vector<std::string>& names) {
  const std::string file = partial_file_of(path_).string();
  const SavedRows saved(file, names, SavedRows::Cut{});
  if (saved.rows().empty()) return;
  for (const SavedRow& row : saved.rows()) ids_.push_back(row.id);
  const auto source = open_file(file);
  std::string buffer(kBytesAtOnce, '\0');
  for (std::uint64_t left = saved.end(); left > 0;) {
    const std::size_t n = source->read(
        buffer.data(), static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size())));
    if (n == 0) throw InputError(file, ": cannot be read");
    sha_.update({buffer.data(), n});
    left -= n;
  }
  csv_.continue_behind(saved.end());
}

void IncidentCsv::append(std::string_view row) {
  out_ += row;
  if (out_.size() >= kBytesAtOnce) flush();
}

void IncidentCsv::flush() {
  // The file is empty until then: rows never stand beside the state of others.
  if (!partial_state_.empty())
    write_file_atomically(partial_state_of(path_), partial_state_, FileMode::Private);
  partial_state_.clear();
  csv_.append(out_);
  sha_.update(out_);
  out_.clear();
}

void IncidentCsv::commit(DownloadState* state) {
  flush();
  fields_.commit();
  csv_.commit();
  std::error_code none;
  if (partial_ != PartialRows::Dropped) std::filesystem::remove(partial_state_of(path_), none);
  // Where this is not reached, the old state's digest tells that it is of another file.
  if (state == nullptr) {
    std::filesystem::remove(state_file_of(path_), none);
    return;
  }
  state->csv_sha256 = sha_.hex_digest();
  write_file_atomically(state_file_of(path_), encode_state(*state), FileMode::Private);
}

}  // namespace resml
