#include "resml/learn/merged_rows.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

namespace resml {

std::vector<std::uint32_t> similar_side_by_side(const CompactRows& rows) {
  std::vector<std::uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) {
    return std::ranges::lexicographical_compare(rows.active_of(a), rows.active_of(b));
  });
  return order;
}

MergedRows merge_equal_rows(const TrainingSet& set) {
  CompactRows given = set.rows;
  for (double& x : given.numbers) x = bounded(x);
  DistinctRows distinct = find_distinct_rows(given, {}, set.weights);
  MergedRows merged{.rows = select_rows(given, distinct.first_row),
                    .weights = std::vector<double>(distinct.first_row.size(), 0),
                    .place_of = std::move(distinct.group_of)};
  for (std::size_t i = 0; i < set.size(); ++i) {
    const std::uint32_t place = merged.place_of[i];
    if (place != MergedRows::kLeftOut) merged.weights[place] += set.weights[i];
  }
  return merged;
}

ClassifiedRows merge_by_class(const TrainingSet& set) {
  MergedRows merged = merge_equal_rows(set);
  const std::size_t n_rows = merged.rows.size();
  // The given rows of weight > 0, those of one distinct row side by side.
  std::vector<std::uint32_t> begins(n_rows + 1, 0);
  for (const std::uint32_t place : merged.place_of) {
    if (place != MergedRows::kLeftOut) ++begins[place + 1];
  }
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  std::vector<std::uint32_t> given(begins.back());
  std::vector<std::uint32_t> next(begins.begin(), begins.end() - 1);
  for (std::uint32_t i = 0; i < set.size(); ++i) {
    if (merged.place_of[i] != MergedRows::kLeftOut) given[next[merged.place_of[i]]++] = i;
  }
  const std::vector<std::uint32_t> order = similar_side_by_side(merged.rows);
  ClassifiedRows result;
  result.rows = select_rows(merged.rows, order);
  for (const std::uint32_t row : order) {
    const std::span same(given.data() + begins[row], begins[row + 1] - begins[row]);
    std::ranges::stable_sort(same, {}, [&](std::uint32_t i) { return set.labels[i]; });
    for (const std::uint32_t i : same) {
      if (i == same.front() || set.labels[i] != result.class_of.back()) {
        result.class_of.push_back(set.labels[i]);
        result.counts.push_back(0);
        result.weights.push_back(0);
      }
      result.counts.back() += set.counts[i];
      result.weights.back() += set.weights[i];
    }
    result.starts.push_back(static_cast<std::uint32_t>(result.n_entries()));
  }
  return result;
}

}  // namespace resml
