#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resml/settings/download_settings.hpp"

namespace resml {

// What was downloaded when, kept beside a CSV file as NAME.csv.state.json, so that only what
// changed since need be read the next time.
struct DownloadState {
  std::string platform;              // host and organization
  DownloadSettings settings = {};    // with time_field as filters name it
  std::vector<std::string> columns;  // in their order
  // The platform's clock before the first page, and earlier by a safety overlap.
  std::int64_t started_ms = 0;
  std::string csv_sha256 = {};             // of the file that this belongs to
  std::vector<std::int64_t> deleted = {};  // ids that went since the first download
};

// What helps against a file or a state that cannot be gone on from.
inline constexpr std::string_view kDownloadAnew =
    "; download anew, without --since-last or --resume";

std::string state_file_of(const std::string& csv);

std::string encode_state(const DownloadState& state);
// InputError with `place` and the remedy for a text that is something else.
DownloadState decode_state(const std::string& text, const std::string& place);

// Of that file; nothing where there is none.
std::optional<DownloadState> read_state(const std::string& path);

// Why a file of `before` cannot be brought up to `now`: what differs, by name; empty if nothing.
std::string state_difference(const DownloadState& before, const DownloadState& now);

}  // namespace resml
