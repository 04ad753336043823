#include "resml/learn/merged_rows.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <span>

#include "resml/base/rng.hpp"
#include "resml/learn/classifier.hpp"

namespace resml {
namespace {

constexpr std::uint32_t kFree = MergedRows::kLeftOut;

std::uint64_t hash_of(const CompactRows& rows, std::size_t i) {
  std::uint64_t hash = rows.active_of(i).size();
  for (const std::uint32_t j : rows.active_of(i)) hash = mix_bits(hash ^ j);
  for (const double x : rows.numbers_of(i)) hash = mix_bits(hash ^ std::bit_cast<std::uint64_t>(x));
  return hash;
}

bool is_same(const CompactRows& a, std::size_t i, const CompactRows& b, std::size_t k) {
  return std::ranges::equal(a.active_of(i), b.active_of(k)) &&
         std::ranges::equal(a.numbers_of(i), b.numbers_of(k));
}

}  // namespace

std::vector<std::uint32_t> similar_side_by_side(const CompactRows& rows) {
  std::vector<std::uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) {
    return std::ranges::lexicographical_compare(rows.active_of(a), rows.active_of(b));
  });
  return order;
}

MergedRows merge_equal_rows(const TrainingSet& set) {
  MergedRows merged;
  CompactRows& distinct = merged.rows;
  distinct.n_indicators = set.rows.n_indicators;
  distinct.n_numbers = set.rows.n_numbers;
  merged.place_of.assign(set.size(), MergedRows::kLeftOut);
  CompactRows given = set.rows;
  for (double& x : given.numbers) x = bounded(x);
  // Open addressing; at most half of the places are ever taken.
  std::vector<std::uint32_t> places(std::bit_ceil(2 * set.size() + 1), kFree);
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (set.weights[i] == 0) continue;
    std::size_t place = hash_of(given, i) & (places.size() - 1);
    while (places[place] != kFree && !is_same(given, i, distinct, places[place])) {
      place = (place + 1) & (places.size() - 1);
    }
    if (places[place] == kFree) {
      places[place] = static_cast<std::uint32_t>(distinct.size());
      const auto active = given.active_of(i);
      const auto numbers = given.numbers_of(i);
      distinct.active.insert(distinct.active.end(), active.begin(), active.end());
      distinct.numbers.insert(distinct.numbers.end(), numbers.begin(), numbers.end());
      distinct.starts.push_back(distinct.active.size());
      merged.weights.push_back(0);
    }
    merged.place_of[i] = places[place];
    merged.weights[places[place]] += set.weights[i];
  }
  return merged;
}

ClassifiedRows merge_by_class(const TrainingSet& set) {
  MergedRows merged = merge_equal_rows(set);
  const std::size_t n_rows = merged.rows.size();
  // The given rows of weight > 0, those of one distinct row side by side.
  std::vector<std::uint32_t> begins(n_rows + 1, 0);
  for (const std::uint32_t place : merged.place_of) {
    if (place != kFree) ++begins[place + 1];
  }
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  std::vector<std::uint32_t> given(begins.back());
  std::vector<std::uint32_t> next(begins.begin(), begins.end() - 1);
  for (std::uint32_t i = 0; i < set.size(); ++i) {
    if (merged.place_of[i] != kFree) given[next[merged.place_of[i]]++] = i;
  }
  ClassifiedRows result;
  result.rows.n_indicators = merged.rows.n_indicators;
  result.rows.n_numbers = merged.rows.n_numbers;
  for (const std::uint32_t row : similar_side_by_side(merged.rows)) {
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
    const auto active = merged.rows.active_of(row);
    const auto numbers = merged.rows.numbers_of(row);
    result.rows.active.insert(result.rows.active.end(), active.begin(), active.end());
    result.rows.numbers.insert(result.rows.numbers.end(), numbers.begin(), numbers.end());
    result.rows.starts.push_back(result.rows.active.size());
  }
  return result;
}

}  // namespace resml
