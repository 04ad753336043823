#include "resml/platform/download_state.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"
#include "resml/platform/json_answer.hpp"

namespace resml {
namespace {

using Json = nlohmann::ordered_json;

constexpr JsonFile kFile = {
    .what = "the state of a download", .format = 1, .remedy = kDownloadAnew};

template <class Number>
Json or_null(const std::optional<Number>& value) {
  return value ? Json(*value) : Json();
}

template <class Number>
std::optional<Number> number_or_none(const Json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<Number>());
}

DownloadState decode(const Json& all) {
  DownloadState state{.platform = all.at("platform").get<std::string>(),
                      .settings = {},
                      .columns = all.at("columns").get<std::vector<std::string>>(),
                      .started_ms = all.at("started_ms").get<std::int64_t>(),
                      .csv_sha256 = all.at("csv_sha256").get<std::string>(),
                      .deleted = all.at("deleted").get<std::vector<std::int64_t>>()};
  const Json& settings = all.at("settings");
  state.settings.time_field = settings.at("time_field").get<std::string>();
  state.settings.from_ms = number_or_none<std::int64_t>(settings.at("from_ms"));
  state.settings.until_ms = number_or_none<std::int64_t>(settings.at("until_ms"));
  state.settings.max_count = number_or_none<std::uint64_t>(settings.at("max_count"));
  return state;
}

// The first of `names` that `others` lack.
const std::string* first_missing(const std::vector<std::string>& names,
                                 const std::vector<std::string>& others) {
  const auto found = std::find_if(names.begin(), names.end(), [&](const std::string& name) {
    return std::find(others.begin(), others.end(), name) == others.end();
  });
  return found == names.end() ? nullptr : &*found;
}

}  // namespace

std::string state_file_of(const std::string& csv) { return csv + ".state.json"; }

std::string encode_state(const DownloadState& state) {
  const DownloadSettings& settings = state.settings;
  const Json all = {{"format", kFile.format},
                    {"platform", state.platform},
                    {"settings",
                     {{"time_field", settings.time_field},
                      {"from_ms", or_null(settings.from_ms)},
                      {"until_ms", or_null(settings.until_ms)},
                      {"max_count", or_null(settings.max_count)}}},
                    {"started_ms", state.started_ms},
                    {"csv_sha256", state.csv_sha256},
                    {"deleted", state.deleted},
                    {"columns", state.columns}};
  return all.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

DownloadState decode_state(const std::string& text, const std::string& place) {
  const Json all = parse_json_file(text, place, kFile);
  try {
    return decode(all);
  } catch (const Json::exception&) {
    throw InputError(place, ": not as a download wrote it", kFile.remedy);
  }
}

std::optional<DownloadState> read_state(const std::string& path) {
  const auto text = read_json_file(path, kFile);
  return text ? std::optional(decode_state(*text, path)) : std::nullopt;
}

std::string state_difference(const DownloadState& before, const DownloadState& now) {
  const DownloadSettings& then = before.settings;
  const DownloadSettings& wanted = now.settings;
  if (before.platform != now.platform)
    return concat("the platform was ", before.platform, ", now it is ", now.platform);
  const bool has_times = then.from_ms || then.until_ms || wanted.from_ms || wanted.until_ms;
  if (has_times && then.time_field != wanted.time_field)
    return concat("time_field was ", then.time_field, ", now it is ", wanted.time_field);
  if (then.from_ms != wanted.from_ms) return "time_start is another one";
  if (then.until_ms != wanted.until_ms) return "time_end is another one";
  if (then.max_count != wanted.max_count) return "max_count is another one";
  if (const auto* name = first_missing(now.columns, before.columns))
    return concat("the field ", quoted(*name), " is new");
  if (const auto* name = first_missing(before.columns, now.columns))
    return concat("the field ", quoted(*name), " is gone");
  return before.columns == now.columns ? "" : "the fields have another order";
}

}  // namespace resml
