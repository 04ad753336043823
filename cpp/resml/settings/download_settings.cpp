#include "resml/settings/download_settings.hpp"

#include <chrono>
#include <ctime>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"
#include "resml/settings/given.hpp"

namespace resml {
namespace {

namespace chrono = std::chrono;

// "2018-10-01", or "2018-10-1" as the original took it too.
std::optional<chrono::year_month_day> parse_day(std::string_view text) {
  const std::size_t first = text.find('-');
  const std::size_t second = first == std::string_view::npos ? first : text.find('-', first + 1);
  if (first != 4 || second == std::string_view::npos) return std::nullopt;
  const auto year = parse_whole<int>(text.substr(0, first));
  const auto month = parse_whole<unsigned>(text.substr(first + 1, second - first - 1));
  const auto day = parse_whole<unsigned>(text.substr(second + 1));
  if (!year || !month || !day) return std::nullopt;
  const chrono::year_month_day date{chrono::year(*year), chrono::month(*month), chrono::day(*day)};
  return date.ok() ? std::optional(date) : std::nullopt;
}

// Where the day begins on this machine's clock.
std::int64_t local_midnight_ms(const chrono::sys_days& days) {
  const chrono::year_month_day date(days);
  std::tm parts{};
  parts.tm_year = static_cast<int>(date.year()) - 1900;
  parts.tm_mon = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
  parts.tm_mday = static_cast<int>(static_cast<unsigned>(date.day()));
  parts.tm_isdst = -1;
  return static_cast<std::int64_t>(std::mktime(&parts)) * 1000;
}

chrono::sys_days read_day(const Given& given) {
  const auto day = parse_day(given.value);
  if (!day) {
    throw InputError(given.place(), ": Exception in casting ", quoted(given.value),
                     " into datetime: expected a day as YYYY-mm-dd");
  }
  return *day;
}

}  // namespace

DownloadSettings read_download_settings(
    const IniFile* file, const std::vector<std::pair<std::string, std::string>>& overrides,
    const Environment& environment) {
  const std::map<std::string, Given> all = collect_given(file, overrides, environment);
  const auto given = [&](const char* key) {
    const auto found = all.find(key);
    return found == all.end() || found->second.value.empty() ? nullptr : &found->second;
  };
  DownloadSettings settings;
  if (const Given* field = given("time_field")) settings.time_field = field->value;
  if (const Given* start = given("time_start")) {
    settings.time_start = start->value;
    settings.from_ms = local_midnight_ms(read_day(*start));
  }
  if (const Given* end = given("time_end")) {
    settings.time_end = end->value;
    settings.until_ms = local_midnight_ms(read_day(*end) + chrono::days(1)) - 1;
    if (settings.from_ms && *settings.from_ms > *settings.until_ms)
      end->refuse(concat("a day not before time_start = ", settings.time_start));
  }
  if (const Given* most = given("max_count")) {
    settings.max_count = parse_whole<std::uint64_t>(most->value);
    if (settings.max_count.value_or(0) == 0) most->refuse("a whole number of at least 1");
  }
  if (const Given* connections = given("connections")) {
    settings.connections = parse_whole<unsigned>(connections->value).value_or(0);
    if (settings.connections == 0 || settings.connections > kMaxConnections)
      connections->refuse(concat("a whole number from 1 to ", kMaxConnections));
  }
  return settings;
}

}  // namespace resml
