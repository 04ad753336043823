#include "resml/base/rng.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace resml {
namespace {

// SplitMix64 from seed 0 starts with these numbers in Vigna's reference code.
TEST(Rng, MixesBitsAsTheReference) {
  EXPECT_EQ(mix_bits(0), 0xe220a8397b1dcdafULL);
  EXPECT_EQ(mix_bits(0x9e3779b97f4a7c15ULL), 0x6e789e6aa1b965f4ULL);
}

TEST(Rng, SameSeedSameNumbersOtherSeedOthers) {
  Rng a(7);
  Rng b(7);
  Rng c(8);
  const std::uint64_t first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, c.next());
}

TEST(Rng, StreamsDifferAndDoNotAdvance) {
  const Rng rng(1);
  EXPECT_NE(rng.stream(0).next(), rng.stream(1).next());
  EXPECT_EQ(rng.stream(3).next(), rng.stream(3).next());
}

TEST(Rng, BelowIsUniform) {
  Rng rng(3);
  std::array<int, 7> seen{};
  constexpr int kDraws = 70'000;
  for (int i = 0; i < kDraws; ++i) ++seen[rng.below(7)];
  // Five standard deviations of a binomial count with p = 1/7.
  for (const int count : seen) EXPECT_NEAR(count, kDraws / 7, 5 * std::sqrt(kDraws * 6 / 49.0));
}

TEST(Rng, UniformFillsTheUnitInterval) {
  Rng rng(5);
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double u = rng.uniform();
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
  }
  EXPECT_NEAR(sum / 10'000, 0.5, 5 * std::sqrt(1.0 / 12 / 10'000));
}

}  // namespace
}  // namespace resml
