#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "resml/base/fit_context.hpp"
#include "resml/platform/field_definitions.hpp"
#include "resml/platform/incident_csv.hpp"
#include "resml/platform/incident_pages.hpp"
#include "resml/platform/platform_api.hpp"

namespace resml {

// The settings with time_field as the platform's filters name it, "properties.seen" for a custom
// field. InputError if a filter needs a field that is not there or no date.
DownloadSettings resolve_time_field(DownloadSettings settings, const FieldDefinitions& definitions);

struct DownloadPlan {
  std::string path;                // of the CSV file
  DownloadSettings settings = {};  // resolved
  std::string platform = {};       // host and organization, to know it again
  // Before now by the platform's clock, with a safety overlap; nothing where it shows none.
  std::optional<std::int64_t> started_ms = {};
  PartialRows partial = PartialRows::Dropped;
};

// Writes the incidents to the CSV file, one column per field (OB-CSV-01 to 07), and fields and
// state beside it. All appear whole or stay as they were; nobody else may read them. Streams:
// memory does not grow with the incidents but for their ids. InputError if rows are to be continued
// that were read with other settings, another platform or other fields.
IncidentsRead download_incidents(PlatformApi& api, const FieldDefinitions& definitions,
                                 const DownloadPlan& plan, const FitContext& context);

struct IncidentsUpdated {
  std::uint64_t count = 0;  // in the file now
  std::uint64_t n_new = 0;
  std::uint64_t n_changed = 0;
  std::uint64_t n_deleted = 0;
  bool is_truncated = false;
};

// Why an earlier download cannot be brought up to date and has to be made anew, the file that is
// not there among it; empty if it can. InputError for a state that is damaged.
std::string update_obstacle(const FieldDefinitions& definitions, const DownloadPlan& plan);

// Brings it up to date where there is no obstacle: reads what changed since and the ids, and leaves
// what a new download would, by ids. Memory grows with what changed. InputError if somebody else
// wrote to the file.
IncidentsUpdated update_incidents(PlatformApi& api, const FieldDefinitions& definitions,
                                  const DownloadPlan& plan, const FitContext& context);

}  // namespace resml
