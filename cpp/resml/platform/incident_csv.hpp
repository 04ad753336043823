#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "resml/base/file.hpp"
#include "resml/data/sha256.hpp"
#include "resml/platform/download_state.hpp"
#include "resml/platform/field_definitions.hpp"
#include "resml/platform/incident_query.hpp"

namespace resml {

// The row of one incident, one cell for each name (OB-CSV-02). A cell that cannot be read is empty
// and warned of (OB-MSG-12).
RowText incident_row(const nlohmann::json& incident, const std::vector<std::string>& names);

// Whether what an interrupted download has read stays, and whether one is continued.
enum class PartialRows { Dropped, Kept, Continued };

// What belongs to the partial file of `csv`.
std::string partial_state_of(const std::string& csv);

// A CSV file of incidents with its fields and, where it can be brought up to date later, its state
// beside it. All appear whole with commit() or stay as they were; nobody else may read them.
class IncidentCsv {
 public:
  // `state` is what a later run that continues this one has to know. RemoteError where there is no
  // field.
  IncidentCsv(const std::string& path, const FieldDefinitions& definitions, PartialRows partial,
              const DownloadState& state);

  // The ids of the rows that an earlier run left, ascending.
  const std::vector<std::int64_t>& ids() const { return ids_; }

  void append(std::string_view row);
  void flush();  // so that a kill loses nothing so far
  // With nullptr no state is left. The digest in it is filled in.
  void commit(DownloadState* state);

 private:
  void resume(const std::vector<std::string>& names);

  std::string path_;
  PartialRows partial_;
  AtomicFile csv_;
  AtomicFile fields_;
  Sha256 sha_;
  std::string out_;
  std::string partial_state_;  // to be written before the first rows
  std::vector<std::int64_t> ids_;
};

}  // namespace resml
