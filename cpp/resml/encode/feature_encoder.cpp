#include "resml/encode/feature_encoder.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "resml/base/error.hpp"
#include "resml/base/parallel.hpp"
#include "resml/base/text.hpp"
#include "resml/data/cells.hpp"

namespace resml {
namespace {

using Code = ColumnEncoder::Code;

constexpr std::string_view kProgress = "encoding";

Code code_of(FieldKind kind, std::string_view field) {
  switch (kind) {
    case FieldKind::Category:
      return Code::Category;
    case FieldKind::MultiSelect:
      return Code::MultiSelect;
    case FieldKind::Boolean:
      return Code::Boolean;
    case FieldKind::Number:
      return Code::Number;
    case FieldKind::Date:
      return Code::Date;
    case FieldKind::Text:
      break;
  }
  throw InputError("field ", quoted(field),
                   ": text cannot be learnt from in this version; leave it out of the features, or "
                   "set types = ",
                   field, ":category to take every distinct text as a value of its own");
}

const Column& column_of(const Table& table, const std::string& name) {
  const Column* column = find_column(table, name);
  if (column == nullptr) throw InputError("no column ", quoted(name), " among the samples");
  return *column;
}

Feature original_feature(const Column& column) {
  bool booleans = true;
  bool integers = true;
  bool numbers = true;
  bool empty = false;
  for (const std::string& cell : column.values) {
    if (is_empty_cell(cell)) {
      empty = true;
      continue;
    }
    booleans = booleans && parse_boolean(cell).has_value();
    integers = integers && parse_whole<std::int64_t>(cell).has_value();
    numbers = numbers && parse_number(cell).has_value();
  }
  const std::string how = "as the original read it: ";
  if (booleans && !empty) {
    return {column.name, {FieldKind::Boolean, how + "boolean"}, Code::OriginalNumber};
  }
  if (integers && !empty) {
    return {column.name, {FieldKind::Number, how + "integer"}, Code::OriginalNumber};
  }
  if (numbers) return {column.name, {FieldKind::Number, how + "float"}, Code::OriginalRank};
  // The first row decides whether a text column is a multi-select (OB-PREP-05).
  if (!column.codes.empty() && parse_list(column.values[column.codes.front()])) {
    return {column.name, {FieldKind::MultiSelect, how + "list"}, Code::MultiSelect};
  }
  return {column.name, {FieldKind::Category, how + "text"}, Code::OriginalOrdinal};
}

// Milliseconds of every distinct cell; NaN where there is no date (it never leaves this file).
std::vector<double> parsed_dates(const Column& column) {
  std::vector<double> dates;
  dates.reserve(column.values.size());
  for (const std::string& raw : column.values) {
    const std::string_view cell = without_leading_blanks(raw);
    dates.push_back(is_missing(cell) ? std::nan("") : parse_date(cell).value_or(std::nan("")));
  }
  return dates;
}

// Days from the date to create_date for every row; NaN where one of them is missing.
std::vector<double> ages_in_days(const Column* date, const Column* created, std::size_t n_rows) {
  std::vector<double> ages(n_rows, std::nan(""));
  if (date == nullptr || created == nullptr) return ages;
  const std::vector<double> dates = parsed_dates(*date);
  const std::vector<double> creations = parsed_dates(*created);
  for (std::size_t row = 0; row < n_rows; ++row) {
    ages[row] = (creations[created->codes[row]] - dates[date->codes[row]]) / kMillisecondsPerDay;
  }
  return ages;
}

// A column of nothing, for one that a table lacks.
Column absent_column(const std::string& name, std::size_t n_rows) {
  return {name, {""}, std::vector<std::uint32_t>(n_rows, 0)};
}

struct Moments {
  double mean = 0;
  double scale = 1;
};

// Equal values are counted before they are summed: the last bits depend neither on the order of the
// rows nor on how they are grouped. A value midway between two others, as dates often are, would
// else be on either side of a tree's threshold.
Moments moments_of(std::span<const double> values, std::span<const std::uint64_t> counts) {
  std::vector<std::pair<double, double>> counted;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (counts[i] > 0 && !std::isnan(values[i]))
      counted.emplace_back(values[i], static_cast<double>(counts[i]));
  }
  std::sort(counted.begin(), counted.end());
  std::size_t n = 0;
  for (const auto& [value, count] : counted) {
    if (n > 0 && counted[n - 1].first == value) {
      counted[n - 1].second += count;
    } else {
      counted[n++] = {value, count};
    }
  }
  counted.resize(n);
  double total = 0;
  double sum = 0;
  for (const auto& [value, count] : counted) {
    total += count;
    sum += count * value;
  }
  if (total == 0) return {};
  const double mean = sum / total;
  double squares = 0;
  for (const auto& [value, count] : counted) squares += count * (value - mean) * (value - mean);
  const double deviation = std::sqrt(squares / total);
  return {mean, deviation > 0 ? deviation : 1};
}

// By authority: the user's word, the platform's, the cells'.
FieldType type_of(const Column& column, const std::map<std::string, std::string>& types,
                  const std::map<std::string, FieldKind>& defined) {
  if (const auto set = types.find(column.name); set != types.end())
    return {parse_kind(set->second, concat("types: field ", quoted(column.name))), "set by types"};
  if (const auto known = defined.find(column.name); known != defined.end())
    return {known->second, "defined by the platform"};
  return infer_field_type(column);
}

}  // namespace

std::vector<Feature> choose_features(const Table& table, std::span<const std::string> names,
                                     const std::map<std::string, std::string>& types,
                                     const std::map<std::string, FieldKind>& defined) {
  for (const auto& [field, kind] : types) {
    if (std::find(names.begin(), names.end(), field) == names.end()) {
      throw InputError("types: ", quoted(field), " is not among the features",
                       did_you_mean(field, names));
    }
  }
  std::vector<Feature> features;
  for (const std::string& name : names) {
    FieldType type = type_of(column_of(table, name), types, defined);
    const Code code = code_of(type.kind, name);
    features.push_back({name, std::move(type), code});
  }
  return features;
}

std::vector<Feature> choose_original_features(const Table& table,
                                              std::span<const std::string> names) {
  std::vector<Feature> features;
  for (const std::string& name : names)
    features.push_back(original_feature(column_of(table, name)));
  return features;
}

FeatureEncoder::FeatureEncoder(std::vector<Feature> features, std::vector<ColumnEncoder> encoders)
    : features_(std::move(features)), encoders_(std::move(encoders)) {
  bool has_create_date = false;
  for (std::size_t i = 0; i < features_.size(); ++i) {
    inputs_.push_back(features_[i].name);
    has_create_date = has_create_date || features_[i].name == kCreateDate;
    if (features_[i].code == Code::Date && features_[i].name != kCreateDate) {
      ages_.push_back({.column = i, .mean = 0, .scale = 1});
    }
  }
  if (!ages_.empty() && !has_create_date) inputs_.emplace_back(kCreateDate);
}

FeatureEncoder FeatureEncoder::fit(const Table& table, std::span<const std::uint64_t> counts,
                                   std::vector<Feature> features, const FitContext& context) {
  std::vector<std::optional<ColumnEncoder>> fitted(features.size());
  parallel_for(context, kProgress, features.size(), [&](std::size_t i) {
    fitted[i] = ColumnEncoder::fit(column_of(table, features[i].name), counts, features[i].code);
  });
  std::vector<ColumnEncoder> encoders;
  for (std::optional<ColumnEncoder>& one : fitted) encoders.push_back(std::move(*one));
  FeatureEncoder encoder(std::move(features), std::move(encoders));
  parallel_for(context, kProgress, encoder.ages_.size(), [&](std::size_t k) {
    Age& age = encoder.ages_[k];
    const auto [mean, scale] =
        moments_of(ages_in_days(find_column(table, encoder.inputs_[age.column]),
                                find_column(table, kCreateDate), table.n_rows),
                   counts);
    age.mean = mean;
    age.scale = scale;
  });
  return encoder;
}

CompactRows FeatureEncoder::transform(const Table& table, const FitContext& context) const {
  std::vector<Column> absent;
  absent.reserve(encoders_.size());
  std::vector<const Column*> columns;
  CompactRows rows;
  std::vector<std::uint32_t> offsets;
  for (std::size_t i = 0; i < encoders_.size(); ++i) {
    const Column* column = find_column(table, inputs_[i]);
    if (column == nullptr) column = &absent.emplace_back(absent_column(inputs_[i], table.n_rows));
    columns.push_back(column);
    offsets.push_back(rows.n_indicators);
    rows.n_indicators += encoders_[i].n_indicators();
    rows.n_numbers += encoders_[i].n_numbers();
  }
  rows.n_numbers += static_cast<std::uint32_t>(ages_.size());
  std::vector<EncodedColumn> encoded(encoders_.size());
  parallel_for(context, kProgress, encoders_.size(),
               [&](std::size_t i) { encoded[i] = encoders_[i].encode(columns[i]->values); });
  std::vector<std::vector<double>> ages(ages_.size());
  parallel_for(context, kProgress, ages_.size(), [&](std::size_t k) {
    ages[k] = ages_in_days(find_column(table, inputs_[ages_[k].column]),
                           find_column(table, kCreateDate), table.n_rows);
  });
  rows.starts.reserve(table.n_rows + 1);
  rows.numbers.reserve(table.n_rows * rows.n_numbers);
  for (std::size_t row = 0; row < table.n_rows; ++row) {
    for (std::size_t i = 0; i < encoders_.size(); ++i) {
      const std::uint32_t cell = columns[i]->codes[row];
      for (const std::uint32_t j : encoded[i].active_of(cell)) {
        rows.active.push_back(offsets[i] + j);
      }
      if (encoders_[i].n_numbers() > 0) rows.numbers.push_back(encoded[i].numbers[cell]);
    }
    for (std::size_t k = 0; k < ages_.size(); ++k) {
      const double age = ages[k][row];
      rows.numbers.push_back(std::isnan(age) ? 0 : (age - ages_[k].mean) / ages_[k].scale);
    }
    rows.starts.push_back(rows.active.size());
  }
  return rows;
}

std::vector<std::string> FeatureEncoder::notes(const Table& table) const {
  std::vector<std::string> notes(table.n_rows);
  for (std::size_t i = 0; i < encoders_.size(); ++i) {
    const Column* found = find_column(table, inputs_[i]);
    const Column column = found != nullptr ? Column{} : absent_column(inputs_[i], table.n_rows);
    const Column& cells = found != nullptr ? *found : column;
    const EncodedColumn encoded = encoders_[i].encode(cells.values);
    for (std::size_t row = 0; row < table.n_rows; ++row) {
      const std::uint32_t cell = cells.codes[row];
      if (encoded.states[cell] == CellState::Known) continue;
      if (!notes[row].empty()) notes[row] += "; ";
      notes[row] += inputs_[i];
      notes[row] += encoded.states[cell] == CellState::Missing
                        ? ": no value"
                        : ": new value " + quoted(without_leading_blanks(cells.values[cell]));
    }
  }
  return notes;
}

TensorBundle FeatureEncoder::save() const {
  nlohmann::json json = {{"features", nlohmann::json::array()}, {"ages", nlohmann::json::array()}};
  for (std::size_t i = 0; i < features_.size(); ++i) {
    json["features"].push_back({{"name", features_[i].name},
                                {"kind", kind_name(features_[i].type.kind)},
                                {"reason", features_[i].type.reason},
                                {"encoder", encoders_[i].to_json()}});
  }
  for (const Age& age : ages_) json["ages"].push_back({{"mean", age.mean}, {"scale", age.scale}});
  TensorBundle bundle;
  bundle.add_string("encoder", json.dump());
  return bundle;
}

FeatureEncoder FeatureEncoder::load(const TensorBundle& bundle) {
  try {
    const nlohmann::json json = nlohmann::json::parse(bundle.string("encoder"));
    std::vector<Feature> features;
    std::vector<ColumnEncoder> encoders;
    for (const nlohmann::json& entry : json.at("features")) {
      encoders.push_back(ColumnEncoder::from_json(entry.at("encoder")));
      const std::string name = entry.at("name");
      features.push_back(
          {name,
           {parse_kind(entry.at("kind").get<std::string>(), concat("feature ", quoted(name))),
            entry.at("reason").get<std::string>()},
           encoders.back().code()});
    }
    FeatureEncoder encoder(std::move(features), std::move(encoders));
    for (std::size_t k = 0; k < encoder.ages_.size(); ++k) {
      encoder.ages_[k].mean = json.at("ages").at(k).at("mean");
      encoder.ages_[k].scale = json.at("ages").at(k).at("scale");
      if (!(encoder.ages_[k].scale > 0)) throw ModelFileError("encoder: scale not above 0");
    }
    return encoder;
  } catch (const nlohmann::json::exception& error) {
    throw ModelFileError("encoder: ", error.what());
  } catch (const InputError& error) {
    throw ModelFileError("encoder: ", error.what());
  }
}

}  // namespace resml
