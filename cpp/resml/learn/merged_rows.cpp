#include "resml/learn/merged_rows.hpp"

#include <algorithm>
#include <bit>

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

}  // namespace resml
