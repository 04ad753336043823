#include "resml/rows/compact_rows.hpp"

namespace resml {

bool is_same_row(const CompactRows& rows, std::size_t a, std::size_t b) {
  return std::ranges::equal(rows.active_of(a), rows.active_of(b)) &&
         std::ranges::equal(rows.numbers_of(a), rows.numbers_of(b));
}

CompactRows select_rows(const CompactRows& rows, std::span<const std::uint32_t> chosen) {
  CompactRows selected{.n_indicators = rows.n_indicators, .n_numbers = rows.n_numbers};
  selected.starts.reserve(chosen.size() + 1);
  for (const std::uint32_t i : chosen) {
    const auto active = rows.active_of(i);
    const auto numbers = rows.numbers_of(i);
    selected.active.insert(selected.active.end(), active.begin(), active.end());
    selected.numbers.insert(selected.numbers.end(), numbers.begin(), numbers.end());
    selected.starts.push_back(selected.active.size());
  }
  return selected;
}

CompactRows select_rows(const CompactRows& rows, std::size_t begin, std::size_t end) {
  const auto slice = [](const auto& values, std::size_t first, std::size_t last) {
    return std::vector(values.begin() + static_cast<std::ptrdiff_t>(first),
                       values.begin() + static_cast<std::ptrdiff_t>(last));
  };
  CompactRows part{.n_indicators = rows.n_indicators,
                   .n_numbers = rows.n_numbers,
                   .starts = slice(rows.starts, begin, end + 1),
                   .active = slice(rows.active, rows.starts[begin], rows.starts[end]),
                   .numbers = slice(rows.numbers, begin * rows.n_numbers, end * rows.n_numbers)};
  for (std::size_t& start : part.starts) start -= rows.starts[begin];
  return part;
}

std::vector<double> class_totals(const TrainingSet& set) {
  std::vector<double> totals(set.n_classes, 0);
  for (std::size_t i = 0; i < set.size(); ++i) totals[set.labels[i]] += set.weights[i];
  return totals;
}

std::vector<std::uint32_t> classes_with_weight(std::span<const double> totals) {
  std::vector<std::uint32_t> classes;
  for (std::uint32_t c = 0; c < totals.size(); ++c) {
    if (totals[c] > 0) classes.push_back(c);
  }
  return classes;
}

std::vector<std::uint32_t> classes_with_weight(const TrainingSet& set) {
  return classes_with_weight(class_totals(set));
}

}  // namespace resml
