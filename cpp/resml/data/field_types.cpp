#include "resml/data/field_types.hpp"

#include <algorithm>
#include <array>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"
#include "resml/base/utf8.hpp"
#include "resml/data/cells.hpp"

namespace resml {
namespace {

// In the order of FieldKind.
const std::array<std::string, 6> kKinds = {"category", "multi-select", "boolean",
                                           "number",   "date",         "text"};

constexpr std::size_t kFewIntegers = 50;
constexpr std::size_t kFewTexts = 50;
constexpr std::size_t kManyTexts = 1000;
constexpr double kLongText = 40;
// Milliseconds since 1970: after 26 April 1970, so that small codes are no dates, before 2100.
constexpr std::int64_t kFirstDate = 10'000'000'000;
constexpr std::int64_t kLastDate = 4'102'444'800'000;

// What all cells with a value have in common.
struct Profile {
  std::size_t n_values = 0;  // distinct
  double n_rows = 0;
  double n_characters = 0;  // over the rows
  bool booleans = true;
  bool lists = true;
  bool integers = true;
  bool numbers = true;
  bool dates = true;
};

Profile profile_of(const Column& column) {
  std::vector<std::size_t> rows_with(column.values.size(), 0);
  for (const std::uint32_t code : column.codes) ++rows_with[code];
  Profile profile;
  for (std::size_t i = 0; i < column.values.size(); ++i) {
    const std::string& cell = column.values[i];
    if (rows_with[i] == 0 || is_missing(cell)) continue;
    const auto rows = static_cast<double>(rows_with[i]);
    ++profile.n_values;
    profile.n_rows += rows;
    profile.n_characters += rows * static_cast<double>(count_characters(cell));
    const auto integer = parse_whole<std::int64_t>(cell);
    profile.booleans = profile.booleans && parse_boolean(cell).has_value();
    profile.lists = profile.lists && parse_list(cell).has_value();
    profile.integers = profile.integers && integer.has_value();
    profile.numbers = profile.numbers && parse_number(cell).has_value();
    profile.dates = profile.dates && integer && *integer >= kFirstDate && *integer < kLastDate;
  }
  return profile;
}

bool names_an_id(std::string_view name) {
  return name.ends_with("_id") || name.ends_with("_ids") || name.ends_with("_code");
}

FieldType type_of_numbers(const Profile& profile, std::string_view name) {
  if (profile.dates && name.ends_with("_date")) {
    return {FieldKind::Date, "milliseconds since 1970, name ends in _date"};
  }
  if (!profile.integers) return {FieldKind::Number, "numbers with a decimal point"};
  if (names_an_id(name)) return {FieldKind::Category, "whole numbers, name says they are ids"};
  if (profile.n_values <= kFewIntegers) {
    return {FieldKind::Category, concat(profile.n_values, " distinct whole numbers")};
  }
  return {FieldKind::Number, concat(profile.n_values, " distinct whole numbers")};
}

FieldType type_of_texts(const Profile& profile) {
  const std::string distinct = concat(profile.n_values, " distinct texts");
  if (profile.n_values > kManyTexts) return {FieldKind::Text, distinct};
  if (profile.n_characters > kLongText * profile.n_rows) {
    return {FieldKind::Text, concat("texts longer than ", kLongText, " characters on average")};
  }
  if (profile.n_values > kFewTexts && 2 * static_cast<double>(profile.n_values) >= profile.n_rows) {
    return {FieldKind::Text, concat(distinct, " in ", profile.n_rows, " rows")};
  }
  return {FieldKind::Category, distinct};
}

}  // namespace

std::string_view kind_name(FieldKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

FieldKind parse_kind(std::string_view name, std::string_view place) {
  std::string wanted = lower_case(name);
  std::replace(wanted.begin(), wanted.end(), '_', '-');
  if (wanted == "multiselect") wanted = "multi-select";
  const auto found = std::find(kKinds.begin(), kKinds.end(), wanted);
  if (found != kKinds.end()) return static_cast<FieldKind>(found - kKinds.begin());
  throw InputError(place, ": expected ", either_of(kKinds), ", got ", quoted(name));
}

FieldType infer_field_type(const Column& column) {
  const Profile profile = profile_of(column);
  if (profile.n_values == 0) return {FieldKind::Category, "no value in any row"};
  if (profile.booleans) return {FieldKind::Boolean, "true or false"};
  if (profile.lists) return {FieldKind::MultiSelect, concat(profile.n_values, " distinct lists")};
  if (profile.numbers) return type_of_numbers(profile, column.name);
  return type_of_texts(profile);
}

}  // namespace resml
