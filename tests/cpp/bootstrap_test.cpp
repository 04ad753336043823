#include "resml/rows/bootstrap.hpp"

#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "training_sets.hpp"

namespace resml {
namespace {

using Counts = std::vector<double>;

double sum(const Counts& counts) { return std::accumulate(counts.begin(), counts.end(), 0.0); }

TEST(Bootstrap, DrawsAsManyAsThereAre) {
  Rng rng(1);
  for (const Counts& counts : {Counts{1}, Counts{3, 1}, Counts{0, 7, 0}, Counts(1000, 2),
                               Counts{1e8, 1, 1e3, 5e7}, Counts{}}) {
    EXPECT_EQ(sum(draw_bootstrap(counts, rng)), sum(counts));
  }
  EXPECT_EQ(draw_bootstrap({0, 7, 0}, rng), (Counts{0, 7, 0}));
}

// Fixed numbers: on every machine the same.
TEST(Bootstrap, TheSameSeedDrawsTheSame) {
  Rng rng(42);
  const Counts counts = {1, 5, 2, 100, 1, 1, 30};
  EXPECT_EQ(draw_bootstrap(counts, rng), (Counts{1, 3, 1, 109, 0, 1, 25}));
  EXPECT_EQ(draw_bootstrap(counts, rng), (Counts{0, 6, 1, 98, 2, 0, 33}));
}

// Mean, variance and covariance of a multinomial, each within 5 standard errors.
void expect_multinomial(const Counts& counts) {
  constexpr double kTries = 40000;
  const double n = sum(counts);
  std::vector<double> sums(counts.size(), 0);
  std::vector<double> squares(counts.size(), 0);
  double products = 0;
  Rng rng(3);
  for (int t = 0; t < static_cast<int>(kTries); ++t) {
    const Counts drawn = draw_bootstrap(counts, rng);
    for (std::size_t i = 0; i < counts.size(); ++i) {
      sums[i] += drawn[i];
      squares[i] += (drawn[i] - counts[i]) * (drawn[i] - counts[i]);
    }
    products += (drawn[1] - counts[1]) * (drawn[4] - counts[4]);
  }
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double variance = counts[i] * (1 - counts[i] / n);
    EXPECT_NEAR(sums[i] / kTries, counts[i], 5 * std::sqrt(variance / kTries));
    EXPECT_NEAR(squares[i] / kTries, variance, 5 * variance * std::sqrt(3 / kTries) + 1e-12);
  }
  const double covariance = -counts[1] * counts[4] / n;
  EXPECT_NEAR(products / kTries, covariance, 5 * counts[4] / std::sqrt(kTries));
}

TEST(Bootstrap, IsAMultinomialOfFewAndOfMany) {
  expect_multinomial({1, 2, 3, 0, 10, 4});
  expect_multinomial({20, 40, 60, 0, 200, 80});
}

// Every outcome of two draws out of three, by its probability.
TEST(Bootstrap, EveryOutcomeByItsChance) {
  constexpr double kTries = 90000;
  std::map<Counts, double> seen;
  Rng rng(4);
  for (int t = 0; t < static_cast<int>(kTries); ++t) ++seen[draw_bootstrap({1, 2}, rng)];
  const std::map<Counts, double> chances = {
      {{0, 3}, 8.0 / 27}, {{1, 2}, 12.0 / 27}, {{2, 1}, 6.0 / 27}, {{3, 0}, 1.0 / 27}};
  ASSERT_EQ(seen.size(), chances.size());
  for (const auto& [outcome, chance] : chances) {
    EXPECT_NEAR(seen[outcome] / kTries, chance, 5 * std::sqrt(chance * (1 - chance) / kTries));
  }
}

TEST(Bootstrap, TheSameDrawsGroupedOrNot) {
  const TrainingSet set = random_set(300, 3, 5);
  const TrainingSet ungrouped = copied(set, [&](std::size_t i) { return set.counts[i]; });
  const TrainingSet merged = merge_equal_pairs(set);
  const TrainingSet again = merge_equal_pairs(ungrouped);
  EXPECT_EQ(merged.rows.active, again.rows.active);
  EXPECT_EQ(merged.rows.numbers, again.rows.numbers);
  EXPECT_EQ(merged.labels, again.labels);
  EXPECT_EQ(merged.counts, again.counts);
  EXPECT_LT(merged.size(), set.size());
  EXPECT_EQ(sum(merged.counts), sum(set.counts));
  EXPECT_NEAR(sum(merged.weights), sum(set.weights), 1e-9);
}

TEST(Bootstrap, WeightsFollowTheCounts) {
  TrainingSet set = empty_set(2, 1, 2);
  append_row(set, {0}, {7}, 0, 4);
  append_row(set, {1}, {8}, 1, 1);
  append_row(set, {0, 1}, {9}, 1, 2);
  set.weights = {2, 1, 6};
  const TrainingSet drawn = with_drawn_counts(set, {3, 0, 4});
  EXPECT_EQ(drawn.counts, (Counts{3, 4}));
  EXPECT_EQ(drawn.weights, (Counts{1.5, 12}));
  EXPECT_EQ(drawn.labels, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(drawn.rows.active, (std::vector<std::uint32_t>{0, 0, 1}));
  EXPECT_EQ(drawn.rows.starts, (std::vector<std::size_t>{0, 1, 3}));
  EXPECT_EQ(drawn.rows.numbers, (Counts{7, 9}));
}

}  // namespace
}  // namespace resml
