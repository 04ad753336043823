#include "resml/rows/split.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace resml {
namespace {

using Counts = std::vector<std::uint64_t>;
using Labels = std::vector<std::uint32_t>;

std::uint64_t sum_of(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

TEST(DrawHoldout, TakesEachClassByItsShare) {
  const Labels labels = {0, 1, 2};
  const Counts counts = {50, 30, 20};
  Rng rng(0);
  EXPECT_EQ(draw_holdout(labels, counts, 3, 0.3, rng), (Counts{15, 9, 6}));
}

// 0.5 of 7 + 5 + 1 rows: 7 in all; 3.5 and 2.5 are rounded down, the single row is not held out.
TEST(DrawHoldout, RoundsUpInAllAndKeepsAClassOfOneRow) {
  const Labels labels = {0, 1, 2};
  const Counts counts = {7, 5, 1};
  Rng rng(0);
  EXPECT_EQ(draw_holdout(labels, counts, 3, 0.5, rng), (Counts{4, 3, 0}));
}

TEST(DrawHoldout, DrawsRowsOfAClassWithEqualChance) {
  const Labels labels = {0, 0};
  const Counts counts = {30, 10};
  double first = 0;
  constexpr int kRuns = 4000;
  for (int seed = 0; seed < kRuns; ++seed) {
    Rng rng(static_cast<std::uint64_t>(seed));
    const Counts held = draw_holdout(labels, counts, 1, 0.5, rng);
    ASSERT_EQ(sum_of(held), 20U);
    first += static_cast<double>(held[0]);
  }
  // Hypergeometric: mean 15, variance 20 * 0.75 * 0.25 * 20 / 39.
  EXPECT_NEAR(first / kRuns, 15, 5 * std::sqrt(20 * 0.75 * 0.25 * 20 / 39.0 / kRuns));
}

TEST(DrawHoldout, SameSeedSameRows) {
  const Labels labels = {0, 1, 0, 1, 0};
  const Counts counts = {9, 8, 7, 6, 5};
  Rng a(4);
  Rng b(4);
  EXPECT_EQ(draw_holdout(labels, counts, 2, 0.4, a), draw_holdout(labels, counts, 2, 0.4, b));
}

TEST(Upsample, BringsEveryClassToTheLargest) {
  const Labels labels = {0, 0, 1, 1, 2};
  const Counts counts = {60, 40, 3, 1, 0};
  Rng rng(2);
  const Counts drawn = upsample(labels, counts, 3, rng);
  EXPECT_EQ(drawn[0], 60U);
  EXPECT_EQ(drawn[1], 40U);
  EXPECT_EQ(drawn[2] + drawn[3], 100U);
  EXPECT_EQ(drawn[4], 0U);
  // Three rows of four lie in the first group: binomial with p = 0.75.
  EXPECT_NEAR(static_cast<double>(drawn[2]), 75, 5 * std::sqrt(100 * 0.75 * 0.25));
}

}  // namespace
}  // namespace resml
