#include "resml/rows/distinct_rows.hpp"

#include <bit>

#include "resml/base/rng.hpp"

namespace resml {
namespace {

std::uint64_t hash_of(const CompactRows& rows, std::size_t i, std::uint32_t label) {
  std::uint64_t hash = mix_bits(label);
  for (const std::uint32_t j : rows.active_of(i)) hash = mix_bits(hash ^ j);
  for (const double x : rows.numbers_of(i)) hash = mix_bits(hash ^ std::bit_cast<std::uint64_t>(x));
  return hash;
}

}  // namespace

DistinctRows find_distinct_rows(const CompactRows& rows, std::span<const std::uint32_t> labels,
                                std::span<const double> weights) {
  constexpr std::uint32_t kNone = DistinctRows::kNone;
  const auto label_of = [&](std::size_t i) { return labels.empty() ? 0 : labels[i]; };
  const auto is_same = [&](std::size_t a, std::size_t b) {
    return label_of(a) == label_of(b) && is_same_row(rows, a, b);
  };
  DistinctRows distinct{{}, std::vector<std::uint32_t>(rows.size(), kNone)};
  // Open addressing; at most half of the places are ever taken.
  std::vector<std::uint32_t> places(std::bit_ceil(2 * rows.size() + 1), kNone);
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (weights[i] == 0) continue;
    std::size_t place = hash_of(rows, i, label_of(i)) & (places.size() - 1);
    while (places[place] != kNone && !is_same(i, distinct.first_row[places[place]])) {
      place = (place + 1) & (places.size() - 1);
    }
    if (places[place] == kNone) {
      places[place] = static_cast<std::uint32_t>(distinct.first_row.size());
      distinct.first_row.push_back(i);
    }
    distinct.group_of[i] = places[place];
  }
  return distinct;
}

}  // namespace resml
