#include "resml/settings/download_settings.hpp"

#include <charconv>
#include <chrono>
#include <ctime>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"

namespace resml {
namespace {

namespace chrono = std::chrono;

struct Given {
  std::string value;
  std::string place;  // before what is wrong with it
};

// What holds: the last override, else the file's entry; nothing where that is empty.
std::optional<Given> find_given(const IniFile* file,
                                const std::vector<std::pair<std::string, std::string>>& overrides,
                                const Environment& environment, const std::string& key) {
  std::optional<Given> given;
  const IniSection* section = file == nullptr ? nullptr : file->section("machine_learning");
  const IniEntry* entry = section == nullptr ? nullptr : section->find(key);
  if (entry != nullptr) {
    given = {std::string(trimmed(substitute(entry->value, environment))),
             concat(file->name(), ':', entry->line, ": key ", quoted(key))};
  }
  for (const auto& [name, value] : overrides) {
    if (lower_case(trimmed(name)) == key)
      given = {std::string(trimmed(value)), concat("--set ", key)};
  }
  return given && !given->value.empty() ? given : std::nullopt;
}

// The whole text as a number of digits only.
template <class Number>
bool parse_digits(std::string_view text, Number& number) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  return code == std::errc{} && end == text.data() + text.size() && text.front() != '-';
}

// "2018-10-01", or "2018-10-1" as the original took it too.
std::optional<chrono::year_month_day> parse_day(std::string_view text) {
  const std::size_t first = text.find('-');
  const std::size_t second = first == std::string_view::npos ? first : text.find('-', first + 1);
  if (first != 4 || second == std::string_view::npos) return std::nullopt;
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (!parse_digits(text.substr(0, first), year) ||
      !parse_digits(text.substr(first + 1, second - first - 1), month) ||
      !parse_digits(text.substr(second + 1), day)) {
    return std::nullopt;
  }
  const chrono::year_month_day date{chrono::year(year), chrono::month(month), chrono::day(day)};
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
    throw InputError(given.place, ": Exception in casting ", quoted(given.value),
                     " into datetime: expected a day as YYYY-mm-dd");
  }
  return *day;
}

}  // namespace

DownloadSettings read_download_settings(
    const IniFile* file, const std::vector<std::pair<std::string, std::string>>& overrides,
    const Environment& environment) {
  const auto given = [&](const char* key) { return find_given(file, overrides, environment, key); };
  DownloadSettings settings;
  if (const auto field = given("time_field")) settings.time_field = field->value;
  if (const auto start = given("time_start")) {
    settings.time_start = start->value;
    settings.from_ms = local_midnight_ms(read_day(*start));
  }
  if (const auto end = given("time_end")) {
    settings.time_end = end->value;
    settings.until_ms = local_midnight_ms(read_day(*end) + chrono::days(1)) - 1;
    if (settings.from_ms && *settings.from_ms > *settings.until_ms) {
      throw InputError(end->place, ": expected a day not before time_start = ", settings.time_start,
                       ", got ", quoted(end->value));
    }
  }
  if (const auto most = given("max_count")) {
    std::uint64_t count = 0;
    if (!parse_digits(most->value, count) || count == 0) {
      throw InputError(most->place, ": expected a whole number of at least 1, got ",
                       quoted(most->value));
    }
    settings.max_count = count;
  }
  if (const auto connections = given("connections")) {
    if (!parse_digits(connections->value, settings.connections) || settings.connections == 0 ||
        settings.connections > kMaxConnections) {
      throw InputError(connections->place, ": expected a whole number from 1 to ", kMaxConnections,
                       ", got ", quoted(connections->value));
    }
  }
  return settings;
}

}  // namespace resml
