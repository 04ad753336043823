#include "resml/pipeline/samples.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>

#include "resml/base/error.hpp"
#include "resml/data/cells.hpp"
#include "resml/data/field_types.hpp"
#include "resml/rows/grouping.hpp"
#include "resml/rows/split.hpp"

namespace resml {
namespace {

constexpr std::uint32_t kDropped = 0xffffffff;

const Column& column_of(const Source& source, const std::string& name) {
  const Column* column = find_column(source.table, name);
  if (column == nullptr) throw InputError(source.name, ": no column ", quoted(name));
  return *column;
}

// For each distinct cell of the label column its class, or kDropped.
struct Labelling {
  std::vector<std::uint32_t> class_of;
  std::vector<std::string> classes;
};

Labelling number_classes(const Column& column, const std::vector<std::uint64_t>& kept_rows) {
  Labelling labelling{std::vector<std::uint32_t>(column.values.size(), kDropped), {}};
  for (std::size_t v = 0; v < column.values.size(); ++v) {
    if (kept_rows[v] > 0) labelling.classes.push_back(column.values[v]);
  }
  std::sort(labelling.classes.begin(), labelling.classes.end());
  for (std::size_t v = 0; v < column.values.size(); ++v) {
    if (kept_rows[v] == 0) continue;
    const auto place =
        std::lower_bound(labelling.classes.begin(), labelling.classes.end(), column.values[v]);
    labelling.class_of[v] = static_cast<std::uint32_t>(place - labelling.classes.begin());
  }
  return labelling;
}

bool has_empty_feature(const std::vector<const Column*>& features, std::size_t row) {
  return std::any_of(features.begin(), features.end(), [&](const Column* column) {
    return is_empty_cell(column->values[column->codes[row]]);
  });
}

// The wordings of the original (OB-MSG-05).
std::string nothing_to_train(std::string_view algorithm) {
  constexpr std::array kOne = {"SVM", "SVM with Gaussian kernel", "K-Nearest Neighbor",
                               "Dummy Classifier"};
  if (algorithm == "Logistic Regression") return "Nothing to train the model";
  const bool one = std::find(kOne.begin(), kOne.end(), algorithm) != kOne.end();
  return one ? "No sample to train the model" : "No samples to train the model";
}

// Rows of the table that are used, and per distinct label cell how many.
struct Kept {
  std::vector<std::uint32_t> rows;
  std::vector<std::uint64_t> per_label;
};

Kept keep_rows(const Source& source, const MachineLearningSettings& settings, const Column& labels,
               RowCounts& counts) {
  std::map<std::string, std::uint64_t> unwanted;
  for (const std::string& value : settings.unwanted_values) unwanted[value] = 0;
  std::vector<const Column*> features;
  for (const std::string& name : settings.features) features.push_back(&column_of(source, name));
  Kept kept{{}, std::vector<std::uint64_t>(labels.values.size(), 0)};
  counts.read = source.table.n_rows;
  for (std::uint32_t row = 0; row < source.table.n_rows; ++row) {
    const std::uint32_t code = labels.codes[row];
    const std::string& label = labels.values[code];
    if (is_empty_cell(label)) {
      ++counts.no_label;
    } else if (const auto found = unwanted.find(label); found != unwanted.end()) {
      ++found->second;
    } else if (settings.missing == Missing::Drop && has_empty_feature(features, row)) {
      ++counts.missing_feature;
    } else {
      kept.rows.push_back(row);
      ++kept.per_label[code];
    }
  }
  for (const auto& [value, count] : unwanted) {
    if (count > 0) counts.unwanted.emplace_back(value, count);
  }
  return kept;
}

void treat_rare_values(const Source& source, const MachineLearningSettings& settings,
                       const Column& labels, Kept& kept, RowCounts& counts) {
  for (std::size_t v = 0; v < labels.values.size(); ++v) {
    if (kept.per_label[v] == 1) counts.rare_values.push_back(labels.values[v]);
  }
  std::sort(counts.rare_values.begin(), counts.rare_values.end());
  if (counts.rare_values.empty() || settings.rare_values == RareValues::Keep) return;
  if (settings.rare_values == RareValues::Error) {
    throw InputError(source.name, ": ", settings.prediction,
                     ": occurs once only: ", join(counts.rare_values, ", "),
                     "; set rare_values = drop to leave such rows out, or keep");
  }
  std::erase_if(kept.rows,
                [&](std::uint32_t row) { return kept.per_label[labels.codes[row]] == 1; });
  for (std::uint64_t& count : kept.per_label) {
    if (count == 1) count = 0;
  }
  counts.rare = counts.rare_values.size();
}

bool is_feature(const MachineLearningSettings& settings, std::string_view name) {
  return std::find(settings.features.begin(), settings.features.end(), name) !=
         settings.features.end();
}

// Whether some feature may turn out to be a date, whose age against create_date is encoded.
bool may_have_ages(const MachineLearningSettings& settings,
                   std::span<const FieldDefinition> fields) {
  const auto may_be_date = [&](const std::string& field) {
    const auto set = settings.types.find(field);
    if (set != settings.types.end())
      return parse_kind(set->second, concat("types: field ", quoted(field))) == FieldKind::Date;
    const FieldDefinition* defined = find_field(fields, field);
    return defined != nullptr && defined->kind ? *defined->kind == FieldKind::Date
                                               : field.ends_with("_date");
  };
  return settings.encoding == Encoding::Auto &&
         std::any_of(settings.features.begin(), settings.features.end(), may_be_date);
}

// Milliseconds since 1970 of every row in `rows`.
std::vector<double> creation_times(const Source& source, const std::vector<std::uint32_t>& rows) {
  const Column* column = find_column(source.table, kCreateDate);
  if (column == nullptr) {
    throw InputError(source.name, ": split_by = time needs the column ", quoted(kCreateDate));
  }
  std::vector<std::optional<double>> dates;
  for (const std::string& cell : column->values) dates.push_back(parse_date(trimmed(cell)));
  std::vector<double> times;
  times.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    const auto& date = dates[column->codes[row]];
    if (!date) {
      throw InputError(source.name, ": split_by = time: row ", row + 1, " has no date in ",
                       kCreateDate, ", but ", quoted(column->values[column->codes[row]]),
                       "; leave such rows out, or set split_by = chance");
    }
    times.push_back(*date);
  }
  return times;
}

// 1 for the share of `rows` that was created last; of equal dates the later row is the newer.
std::vector<std::uint32_t> newest_of(const Source& source, const std::vector<std::uint32_t>& rows,
                                     double share) {
  const std::vector<double> times = creation_times(source, rows);
  std::vector<std::uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return times[a] < times[b]; });
  std::vector<std::uint32_t> newest(rows.size(), 0);
  for (std::size_t i = rows.size() - rows_of_share(share, rows.size()); i < rows.size(); ++i) {
    newest[order[i]] = 1;
  }
  return newest;
}

}  // namespace

std::string left_out(const RowCounts& rows, const std::string& prediction) {
  std::string text;
  if (rows.no_label > 0) text += concat(", ", rows.no_label, " without ", prediction);
  for (const auto& [value, count] : rows.unwanted) {
    text += concat(", ", count, " with the unwanted value ", quoted(value));
  }
  if (rows.missing_feature > 0) {
    text += concat(", ", rows.missing_feature, " with a missing feature");
  }
  if (rows.rare > 0) text += concat(", ", rows.rare, " with a value that occurs once");
  return text;
}

std::vector<std::string> columns_to_read(const MachineLearningSettings& settings) {
  std::vector<std::string> columns = settings.features;
  columns.push_back(settings.prediction);
  if (settings.split_by == SplitBy::Time && !is_feature(settings, kCreateDate)) {
    columns.emplace_back(kCreateDate);
  }
  return columns;
}

std::vector<std::string> columns_if_present(const MachineLearningSettings& settings,
                                            std::span<const FieldDefinition> fields) {
  return may_have_ages(settings, fields) ? std::vector<std::string>{kCreateDate}
                                         : std::vector<std::string>{};
}

Samples make_samples(const Source& source, const MachineLearningSettings& settings) {
  const Column& label_cells = column_of(source, settings.prediction);
  RowCounts counts;
  Kept kept = keep_rows(source, settings, label_cells, counts);
  treat_rare_values(source, settings, label_cells, kept, counts);
  counts.used = kept.rows.size();
  const std::string read = concat(counts.read, " rows read", left_out(counts, settings.prediction));
  if (kept.rows.empty()) {
    throw InputError(source.name, ": ", nothing_to_train(settings.algorithm), ": ", read);
  }
  const Labelling labelling = number_classes(label_cells, kept.per_label);
  if (labelling.classes.size() == 1) {
    throw InputError(source.name, ": ", settings.prediction, ": only one value is left, ",
                     quoted(labelling.classes.front()), "; there is nothing to tell apart (", read,
                     ")");
  }
  std::vector<std::vector<std::uint32_t>> codes;
  std::vector<std::string> names;
  const bool by_time = settings.split_by == SplitBy::Time;
  for (const Column& column : source.table.columns) {
    if (column.name == kCreateDate && !is_feature(settings, kCreateDate) &&
        !may_have_ages(settings, source.fields)) {
      continue;  // no part of what is learnt from
    }
    if (column.name != settings.prediction) names.push_back(column.name);
    codes.emplace_back();
    codes.back().reserve(kept.rows.size());
    for (const std::uint32_t row : kept.rows) codes.back().push_back(column.codes[row]);
  }
  if (by_time) codes.push_back(newest_of(source, kept.rows, settings.split));
  const std::vector<std::span<const std::uint32_t>> views(codes.begin(), codes.end());
  const Groups groups = group_rows(views);
  std::vector<std::uint32_t> chosen;
  Samples samples{.table = {},
                  .labels = {},
                  .counts = groups.counts,
                  .is_newest = {},
                  .classes = labelling.classes,
                  .rows = counts};
  for (const std::uint32_t first : groups.first_row) {
    chosen.push_back(kept.rows[first]);
    samples.labels.push_back(labelling.class_of[label_cells.codes[kept.rows[first]]]);
    if (by_time) samples.is_newest.push_back(codes.back()[first] == 1);
  }
  samples.table = select_rows(source.table, names, chosen);
  return samples;
}

}  // namespace resml
