#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "resml/settings/ini_file.hpp"

namespace resml {

inline constexpr unsigned kDefaultConnections = 2;
inline constexpr unsigned kMaxConnections = 16;

// Into which file a build downloads that is given none (OB-MSG-02).
inline constexpr const char* kSamplesFile = "resilient_incidents.csv";

// Which incidents are downloaded, and how: those keys of [machine_learning] that speak of the
// platform.
struct DownloadSettings {
  std::string time_field = "create_date";
  // Milliseconds since 1970, both inclusive: the whole days time_start and time_end, local time.
  std::optional<std::int64_t> from_ms = {};
  std::optional<std::int64_t> until_ms = {};
  // Changed then or later, by the platform's clock; no key of the configuration.
  std::optional<std::int64_t> changed_from_ms = {};
  std::optional<std::uint64_t> max_count = {};  // of those that the times let through
  // Pages in flight at once. Few, for a platform has people to serve.
  unsigned connections = kDefaultConnections;
  std::string time_start = {};  // as written, for messages
  std::string time_end = {};
};

// From the section of `file`, which may be nullptr, and (KEY, VALUE) over it. InputError
// "ml.config:12: key "max_count": ..."; a date that is none has the original's words (OB-MSG-10).
DownloadSettings read_download_settings(
    const IniFile* file, const std::vector<std::pair<std::string, std::string>>& overrides,
    const Environment& environment);

}  // namespace resml
