#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "resml/platform/incident_query.hpp"
#include "resml/platform/platform_api.hpp"
#include "resml/settings/download_settings.hpp"

namespace resml {

struct IncidentEvents {
  MakeRow make_row;
  std::function<void(std::int64_t id, const RowText& row)> on_row;  // in the order of the ids
  // After each page; total is 0 where the platform does not say.
  std::function<void(std::uint64_t done, std::uint64_t total)> on_page = {};
  std::function<void(const std::string&)> on_detail = {};
  MemberNames only = {};  // what make_row looks at, "id" among it; all if there is none
};

struct IncidentsRead {
  std::uint64_t count = 0;
  bool is_truncated = false;      // there are more than max_count
  std::uint64_t n_continued = 0;  // of an earlier run
};

struct ReadSoFar {
  // A time before the first page on the platform's clock, for the closing check.
  std::optional<std::int64_t> started_ms = {};
  std::vector<std::int64_t> ids = {};  // ascending; they count, but are not read again
};

// Every incident that the settings let through, once each, in the order of the ids, however many
// are moved, created or deleted meanwhile: a page begins behind the id at which the last one ended,
// or with its last row where the platform refuses a condition on ids. settings.connections pages
// are in flight at once; what comes out is the same. Those that came in behind our back are looked
// for and come last: by their ids where a closing count differs, else among those changed since the
// start. Memory holds so many pages' rows and the ids; no row of a page is used before the page was
// read whole. RemoteError, with the incident, if the platform answers something else than it was
// asked for.
IncidentsRead read_incidents(PlatformApi& api, const DownloadSettings& settings,
                             const IncidentEvents& events, const ReadSoFar& so_far = {});

struct IdsRead {
  std::vector<std::int64_t> ids;  // ascending
  bool is_truncated = false;
};

// The ids of those; a fraction of their bytes.
IdsRead scan_ids(PlatformApi& api, const DownloadSettings& settings);

// Of that incident, if it is there and the settings let it through.
std::optional<RowText> read_incident(PlatformApi& api, const DownloadSettings& settings,
                                     std::int64_t id, const MakeRow& make_row);

// How many those are now, max_count aside; nothing if the platform does not say.
std::optional<std::uint64_t> count_incidents(PlatformApi& api, const DownloadSettings& settings);

}  // namespace resml
