#include "resml/encode/column_encoder.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "resml/base/error.hpp"
#include "resml/data/cells.hpp"
#include "resml/rows/compact_rows.hpp"

namespace resml {

using Code = ColumnEncoder::Code;

NLOHMANN_JSON_SERIALIZE_ENUM(ColumnEncoder::Code,
                             {{ColumnEncoder::Code::Category, "category"},
                              {ColumnEncoder::Code::MultiSelect, "multi-select"},
                              {ColumnEncoder::Code::Boolean, "boolean"},
                              {ColumnEncoder::Code::Number, "number"},
                              {ColumnEncoder::Code::Date, "date"},
                              {ColumnEncoder::Code::OriginalNumber, "original number"},
                              {ColumnEncoder::Code::OriginalRank, "original rank"},
                              {ColumnEncoder::Code::OriginalOrdinal, "original ordinal"}})

namespace {

constexpr std::uint32_t kWeekdays = 7;
constexpr std::uint32_t kHours = 24;

bool is_absent(Code code, std::string_view cell) {
  // What the original had no notion of: there "None" is an ordinary text.
  return code >= Code::OriginalNumber ? is_empty_cell(cell) : is_missing(cell);
}

// A list, or a lone value as a list of one.
std::vector<std::string> members_of(std::string_view cell) {
  if (auto members = parse_list(cell)) return *std::move(members);
  return {category_text(cell)};
}

void append_weekday_and_hour(double milliseconds, std::vector<std::uint32_t>& active) {
  const double day = std::floor(milliseconds / kMillisecondsPerDay);
  // Less than rounding tells before 1970, the difference is a whole day.
  const double hour =
      std::min(std::floor((milliseconds - day * kMillisecondsPerDay) / 3'600'000), kHours - 1.0);
  // 1970-01-01 was a Thursday; Monday is 0.
  const auto weekday = static_cast<std::uint32_t>(std::fmod(std::fmod(day + 3, 7) + 7, 7));
  active.push_back(weekday);
  active.push_back(kWeekdays + static_cast<std::uint32_t>(hour));
}

[[noreturn]] void refuse(const std::string& field, std::string_view cell,
                         std::string_view expected) {
  throw InputError("field ", quoted(field), ": expected ", expected, ", got ", quoted(cell),
                   "; set types = ", field, ":category to treat it as text");
}

}  // namespace

ColumnEncoder ColumnEncoder::fit(const Column& column, std::span<const std::uint64_t> counts,
                                 Code code) {
  std::vector<double> cell_counts(column.values.size(), 0);
  for (std::size_t row = 0; row < counts.size(); ++row) {
    cell_counts[column.codes[row]] += static_cast<double>(counts[row]);
  }
  std::vector<std::string_view> cells;  // as encode() sees them
  for (const std::string& cell : column.values) cells.push_back(without_leading_blanks(cell));
  ColumnEncoder encoder;
  encoder.code_ = code;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cell_counts[i] > 0 && is_absent(code, cells[i])) {
      encoder.has_missing_indicator_ = code != Code::Category && code < Code::OriginalNumber;
    }
  }
  encoder.fit_values(column.name, cells, cell_counts);
  if (encoder.has_number()) encoder.fit_number(column.name, cells, cell_counts);
  return encoder;
}

// The dictionary, from the cells that occur, and with it the number of indicators.
void ColumnEncoder::fit_values(const std::string& field, std::span<const std::string_view> cells,
                               std::span<const double> cell_counts) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cell_counts[i] == 0) continue;
    const std::string_view cell = cells[i];
    if (code_ == Code::Category) {
      values_.push_back(category_text(cell));
    } else if (code_ == Code::MultiSelect && !is_missing(cell)) {
      for (std::string& member : members_of(cell)) values_.push_back(std::move(member));
    } else if (code_ == Code::Boolean && !is_missing(cell)) {
      if (!parse_boolean(cell)) refuse(field, cell, "True or False");
    } else if (code_ == Code::OriginalOrdinal && !is_empty_cell(cell)) {
      values_.emplace_back(cell);
    } else if (code_ == Code::OriginalRank && !is_empty_cell(cell)) {
      if (const auto number = parse_number(cell)) ranked_.push_back(*number);
    }
  }
  std::sort(values_.begin(), values_.end());
  values_.erase(std::unique(values_.begin(), values_.end()), values_.end());
  std::sort(ranked_.begin(), ranked_.end());
  ranked_.erase(std::unique(ranked_.begin(), ranked_.end()), ranked_.end());
  count_indicators();
}

void ColumnEncoder::count_indicators() {
  switch (code_) {
    case Code::Category:
    case Code::MultiSelect:
      n_indicators_ = static_cast<std::uint32_t>(values_.size());
      break;
    case Code::Boolean:
      n_indicators_ = 1;
      break;
    case Code::Date:
      n_indicators_ = kWeekdays + kHours;
      break;
    default:
      n_indicators_ = 0;
  }
  if (has_missing_indicator_) ++n_indicators_;
}

// Mean and standard deviation over the rows that have a number. The original did not scale.
void ColumnEncoder::fit_number(const std::string& field, std::span<const std::string_view> cells,
                               std::span<const double> cell_counts) {
  double total = 0;
  double sum = 0;
  std::vector<double> raw(cells.size());
  std::vector<double> known(cell_counts.begin(), cell_counts.end());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    CellState state = CellState::Known;
    raw[i] = raw_number(cells[i], state);
    if (state == CellState::New && known[i] > 0) {
      refuse(field, cells[i],
             code_ == Code::Date ? "a date in milliseconds since 1970" : "a number");
    }
    if (state != CellState::Known) known[i] = 0;
    total += known[i];
    sum += known[i] > 0 ? known[i] * raw[i] : 0;
  }
  if (total == 0) return;
  mean_ = sum / total;
  double squares = 0;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (known[i] > 0) squares += known[i] * (raw[i] - mean_) * (raw[i] - mean_);
  }
  const double deviation = std::sqrt(squares / total);
  // A constant column carries nothing: it stays 0 after the mean is taken off.
  if (code_ < Code::OriginalNumber && deviation > 0 && std::isfinite(deviation)) {
    scale_ = deviation;
  }
}

double ColumnEncoder::raw_number(std::string_view cell, CellState& state) const {
  state = CellState::Known;
  if (is_absent(code_, cell)) {
    state = CellState::Missing;
    return mean_;
  }
  if (code_ == Code::OriginalOrdinal) {
    const auto place = std::lower_bound(values_.begin(), values_.end(), cell);
    if (place != values_.end() && *place == cell) {
      return static_cast<double>(place - values_.begin());
    }
    state = CellState::New;
    return mean_;
  }
  if (code_ == Code::OriginalNumber) {
    if (const auto truth = parse_boolean(cell)) return *truth ? 1 : 0;
  }
  const auto number = code_ == Code::Date ? parse_date(cell) : parse_number(cell);
  if (!number) {
    state = CellState::New;
    return mean_;
  }
  if (code_ == Code::Date) return *number / kMillisecondsPerDay;
  if (code_ != Code::OriginalRank) return bounded(*number);
  // A number not seen in training takes its place among those that were.
  const auto place = std::lower_bound(ranked_.begin(), ranked_.end(), *number);
  if (place == ranked_.end() || *place != *number) state = CellState::New;
  return static_cast<double>(place - ranked_.begin());
}

CellState ColumnEncoder::append_value(std::string_view value,
                                      std::vector<std::uint32_t>& active) const {
  const auto place = std::lower_bound(values_.begin(), values_.end(), value);
  if (place == values_.end() || *place != value) return CellState::New;
  active.push_back(static_cast<std::uint32_t>(place - values_.begin()));
  return CellState::Known;
}

CellState ColumnEncoder::append_active(const std::string& cell,
                                       std::vector<std::uint32_t>& active) const {
  if (is_absent(code_, cell)) {
    if (code_ == Code::Category) append_value(category_text(cell), active);
    if (has_missing_indicator_) active.push_back(n_indicators_ - 1);
    return CellState::Missing;
  }
  switch (code_) {
    case Code::Category:
      return append_value(category_text(cell), active);
    case Code::MultiSelect: {
      const std::size_t first = active.size();
      CellState state = CellState::Known;
      for (const std::string& member : members_of(cell)) {
        if (append_value(member, active) == CellState::New) state = CellState::New;
      }
      const auto begin = active.begin() + static_cast<std::ptrdiff_t>(first);
      std::sort(begin, active.end());
      active.erase(std::unique(begin, active.end()), active.end());
      return state;
    }
    case Code::Boolean: {
      const auto truth = parse_boolean(cell);
      if (truth.value_or(false)) active.push_back(0);
      return truth ? CellState::Known : CellState::New;
    }
    case Code::Date: {
      const auto milliseconds = parse_date(cell);
      if (milliseconds) append_weekday_and_hour(*milliseconds, active);
      return milliseconds ? CellState::Known : CellState::New;
    }
    default:
      return CellState::Known;
  }
}

EncodedColumn ColumnEncoder::encode(std::span<const std::string> cells) const {
  EncodedColumn encoded;
  encoded.starts.reserve(cells.size() + 1);
  encoded.states.reserve(cells.size());
  for (const std::string& raw : cells) {
    const std::string cell(without_leading_blanks(raw));
    CellState state = append_active(cell, encoded.active);
    encoded.starts.push_back(static_cast<std::uint32_t>(encoded.active.size()));
    if (has_number()) {
      encoded.numbers.push_back((raw_number(cell, state) - mean_offset()) / scale_);
    }
    encoded.states.push_back(state);
  }
  return encoded;
}

nlohmann::json ColumnEncoder::to_json() const {
  return {{"code", code_}, {"values", values_}, {"ranked", ranked_},
          {"mean", mean_}, {"scale", scale_},   {"missing", has_missing_indicator_}};
}

ColumnEncoder ColumnEncoder::from_json(const nlohmann::json& json) {
  ColumnEncoder encoder;
  json.at("code").get_to(encoder.code_);
  // Of a text that it does not know the library makes the first code.
  if (nlohmann::json(encoder.code_) != json.at("code"))
    throw ModelFileError("encoder: unknown code ", json.at("code").dump());
  json.at("values").get_to(encoder.values_);
  json.at("ranked").get_to(encoder.ranked_);
  json.at("mean").get_to(encoder.mean_);
  json.at("scale").get_to(encoder.scale_);
  json.at("missing").get_to(encoder.has_missing_indicator_);
  if (!std::is_sorted(encoder.values_.begin(), encoder.values_.end()) ||
      !std::is_sorted(encoder.ranked_.begin(), encoder.ranked_.end())) {
    throw ModelFileError("encoder: dictionary not in order");
  }
  if (!(encoder.scale_ > 0)) throw ModelFileError("encoder: scale not above 0");
  encoder.count_indicators();
  return encoder;
}

}  // namespace resml
