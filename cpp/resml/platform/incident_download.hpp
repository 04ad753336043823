#pragma once

#include <cstdint>
#include <string>

#include "resml/base/fit_context.hpp"
#include "resml/platform/field_definitions.hpp"
#include "resml/platform/incident_pages.hpp"
#include "resml/platform/platform_api.hpp"

namespace resml {

// The settings with time_field as the platform's filters name it, "properties.seen" for a custom
// field. InputError if a filter needs a field that is not there or no date.
DownloadSettings resolve_time_field(DownloadSettings settings, const FieldDefinitions& definitions);

// Writes the incidents to the CSV file `path`, one column per field (OB-CSV-01 to 07), and the
// fields beside it. Both files appear whole or stay as they were; nobody else may read them.
// Streams: memory does not grow with the incidents but for their ids. A cell that cannot be read is
// empty and warned of (OB-MSG-12).
IncidentsRead download_incidents(PlatformApi& api, const FieldDefinitions& definitions,
                                 const DownloadSettings& settings, const std::string& path,
                                 const FitContext& context);

}  // namespace resml
