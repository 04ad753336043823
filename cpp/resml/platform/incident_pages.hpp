#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "resml/platform/platform_api.hpp"
#include "resml/settings/download_settings.hpp"

namespace resml {

struct IncidentEvents {
  std::function<void(const nlohmann::json& incident)> on_incident;  // an object with an "id"
  // After each page; total is 0 where the platform does not say.
  std::function<void(std::uint64_t done, std::uint64_t total)> on_page = {};
  std::function<void(const std::string&)> on_detail = {};
};

struct IncidentsRead {
  std::uint64_t count = 0;
  bool is_truncated = false;  // there are more than max_count
};

// Every incident that the settings let through, once each, in the order of the ids, however many
// are moved, created or deleted meanwhile: a page begins behind the id at which the last one ended,
// and where a closing count differs, those that came in behind our back are looked for by their ids
// and come last. Memory holds one page's text, one incident and the ids. RemoteError, with the
// incident, if the platform answers something else than it was asked for.
IncidentsRead read_incidents(PlatformApi& api, const DownloadSettings& settings,
                             const IncidentEvents& events);

// How many those are now, max_count aside; nothing if the platform does not say.
std::optional<std::uint64_t> count_incidents(PlatformApi& api, const DownloadSettings& settings);

}  // namespace resml
