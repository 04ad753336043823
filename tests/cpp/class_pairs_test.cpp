#include "resml/learn/class_pairs.hpp"

#include <gtest/gtest.h>

#include "training_sets.hpp"

namespace resml {
namespace {

RowMatrix one_row(const std::vector<double>& values) {
  return Eigen::Map<const RowMatrix>(values.data(), 1, static_cast<Eigen::Index>(values.size()));
}

ClassPairs three_of_four_classes() { return {4, {0, 2, 3}, {{1, 0}, {1, 0}, {1, 0}}}; }

TEST(ClassPairs, TheMostVotesDecide) {
  const ClassPairs pairs = three_of_four_classes();
  EXPECT_EQ(pairs.decide(one_row({1, 1, 1})).front(), 0U);
  EXPECT_EQ(pairs.decide(one_row({-1, 1, 1})).front(), 2U);
  EXPECT_EQ(pairs.decide(one_row({1, -1, -1})).front(), 3U);
}

TEST(ClassPairs, TheFirstOfSeveralWinsHoweverFarTheOthersAre) {
  EXPECT_EQ(three_of_four_classes().decide(one_row({0.1, -9, 9})).front(), 0U);
}

TEST(ClassPairs, ConsistentPairsGiveTheProbabilitiesThatTheyCameFrom) {
  // 0.5, 0.3, 0.2: each value the logarithm of the odds.
  const RowMatrix proba = three_of_four_classes().probabilities(
      one_row({std::log(5.0 / 3), std::log(5.0 / 2), std::log(3.0 / 2)}));
  EXPECT_NEAR(proba(0, 0), 0.5, 1e-12);
  EXPECT_EQ(proba(0, 1), 0);
  EXPECT_NEAR(proba(0, 2), 0.3, 1e-12);
  EXPECT_NEAR(proba(0, 3), 0.2, 1e-12);
}

TEST(ClassPairs, ContradictionsEndInProbabilitiesToo) {
  const RowMatrix proba = three_of_four_classes().probabilities(one_row({1e9, -1e9, 1e9}));
  EXPECT_NEAR(proba.sum(), 1, 1e-12);
  EXPECT_TRUE(proba.allFinite());
}

// Where the values say nothing, Platt's targets: (n+ + 1) / (n+ + 2) and 1 / (n- + 2).
TEST(Sigmoid, OfAConstantIsTheMeanTarget) {
  const Sigmoid sigmoid =
      fit_sigmoid(std::vector{0.0, 0.0}, std::vector{30.0, 0.0}, std::vector{0.0, 10.0});
  EXPECT_NEAR(sigmoid(0), (30 * 31.0 / 32 + 10 / 12.0) / 40, 1e-6);
}

// At two points a sigmoid can be exactly right: 1 * slope + offset = logit(mean target).
TEST(Sigmoid, OfTwoPointsIsExact) {
  const Sigmoid sigmoid =
      fit_sigmoid(std::vector{1.0, -1.0}, std::vector{6.0, 2.0}, std::vector{2.0, 6.0});
  const double expected = (6 * 0.9 + 2 * 0.1) / 8;
  EXPECT_NEAR(sigmoid(1), expected, 1e-6);
  EXPECT_NEAR(sigmoid(-1), 1 - expected, 1e-6);
}

TEST(Sigmoid, NeverTurnsTheOrderAround) {
  const Sigmoid sigmoid =
      fit_sigmoid(std::vector{1.0, -1.0}, std::vector{0.0, 5.0}, std::vector{5.0, 0.0});
  EXPECT_EQ(sigmoid.slope, 0);
}

TEST(ClassedRows, MergesEqualRowsClassByClass) {
  TrainingSet set = empty_set(3, 0, 4);
  append_row(set, {0}, {}, 3, 2);
  append_row(set, {1}, {}, 0, 1);
  append_row(set, {0}, {}, 0, 5);
  append_row(set, {0}, {}, 3, 4);
  append_row(set, {2}, {}, 1, 7);
  const ClassedRows classed(set);
  EXPECT_EQ(classed.classes(), (std::vector<std::uint32_t>{0, 1, 3}));
  const PairProblem problem = classed.problem(0, 2);
  EXPECT_EQ(problem.row_of, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(problem.rows.active, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(problem.positive, (std::vector<double>{5, 1}));
  EXPECT_EQ(problem.negative, (std::vector<double>{6, 0}));
}

}  // namespace
}  // namespace resml
