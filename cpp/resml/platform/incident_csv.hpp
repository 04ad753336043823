#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "resml/base/file.hpp"
#include "resml/base/fit_context.hpp"
#include "resml/data/sha256.hpp"
#include "resml/platform/download_state.hpp"
#include "resml/platform/field_definitions.hpp"

namespace resml {

std::vector<std::string> field_names(const FieldDefinitions& definitions);

// The row of one incident, one cell for each name (OB-CSV-02). A cell that cannot be read is empty
// and warned of (OB-MSG-12).
std::string incident_row(const nlohmann::json& incident, const std::vector<std::string>& names,
                         const FitContext& context);

// A CSV file of incidents with its fields and, where it can be brought up to date later, its state
// beside it. All appear whole with commit() or stay as they were; nobody else may read them.
class IncidentCsv {
 public:
  // RemoteError where there is no field.
  IncidentCsv(const std::string& path, const FieldDefinitions& definitions);

  void append(std::string_view row);
  // With nullptr no state is left. The digest in it is filled in.
  void commit(DownloadState* state);

 private:
  void flush();

  std::string path_;
  AtomicFile csv_;
  AtomicFile fields_;
  Sha256 sha_;
  std::string out_;
};

}  // namespace resml
