#include "resml/learn/k_nearest_neighbors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "error_of.hpp"
#include "known_answers.hpp"
#include "resml/base/error.hpp"

namespace resml {
namespace {

RowMatrix votes_for(const TrainingSet& set, const CompactRows& queries, std::uint64_t n_neighbors) {
  return KNearestNeighbors::fit({.n_neighbors = n_neighbors}, set, {})->predict_proba(queries);
}

TEST(KNearestNeighbors, AgreesWithScikitLearn) {
  KnownAnswers known = KnownAnswers::scaled();
  known.set.weights = known.set.counts;
  for (const auto& [n_neighbors, expected] : known.answers["k_nearest_neighbors"].items()) {
    const RowMatrix votes = votes_for(known.set, known.queries, std::stoul(n_neighbors));
    const RowMatrix answers = KnownAnswers::matrix(expected["proba"]);
    for (std::size_t i = 0; i < expected["queries"].size(); ++i) {
      const Eigen::Index query = expected["queries"][i];
      EXPECT_LT(
          (votes.row(query) - answers.row(static_cast<Eigen::Index>(i))).cwiseAbs().maxCoeff(),
          1e-12)
          << n_neighbors << " neighbours of query " << query;
    }
  }
}

// From {0}: {0} three times at distance 0, {0, 1} once at 1, and at 2 there are {1} twice and {2}
// four times. One of five votes is left for these six.
TEST(KNearestNeighbors, TheLastDistanceSharesTheVotesThatAreLeft) {
  TrainingSet set = empty_set(3, 0, 3);
  append_row(set, {1}, {}, 1, 2);
  append_row(set, {0}, {}, 0, 3);
  append_row(set, {0, 1}, {}, 1, 1);
  append_row(set, {2}, {}, 2, 4);
  CompactRows query{.n_indicators = 3};
  append_row(query, {0}, {});
  const RowMatrix votes = votes_for(set, query, 5);
  EXPECT_NEAR(votes(0, 0), 3.0 / 5, 1e-15);
  EXPECT_NEAR(votes(0, 1), (1 + 2.0 / 6) / 5, 1e-15);
  EXPECT_NEAR(votes(0, 2), 4.0 / 6 / 5, 1e-15);
  // Two of three incidents of the nearest row: still of class 0 alone.
  EXPECT_EQ(votes_for(set, query, 2)(0, 0), 1);
  // More neighbours than incidents: all vote.
  EXPECT_NEAR(votes_for(set, query, 1000)(0, 2), 0.4, 1e-15);
}

// Two incidents at distance 0, three at 0.25 + 1: numbers and indicators add up. Which are near
// does not depend on weights; how much they say does.
TEST(KNearestNeighbors, WeightsVoteButDoNotMakeNear) {
  TrainingSet set = empty_set(1, 1, 2);
  append_row(set, {0}, {2}, 0, 2);
  append_row(set, {}, {2.5}, 1, 3);
  append_row(set, {}, {0}, 0, 9);
  set.weights = {2, 30, 9};
  CompactRows query{.n_indicators = 1, .n_numbers = 1};
  append_row(query, {0}, {2});
  EXPECT_EQ(votes_for(set, query, 2)(0, 1), 0);
  EXPECT_NEAR(votes_for(set, query, 4)(0, 1), 20.0 / 22, 1e-15);
  EXPECT_NEAR(votes_for(set, query, 5)(0, 1), 30.0 / 32, 1e-15);
}

// All distances, sorted, without any index.
std::vector<double> votes_by_hand(const TrainingSet& set, const CompactRows& queries,
                                  std::size_t query, double n_neighbors) {
  std::map<double, std::vector<std::size_t>> rows_at;
  for (std::size_t i = 0; i < set.size(); ++i) {
    std::vector<std::uint32_t> differing;
    std::ranges::set_symmetric_difference(queries.active_of(query), set.rows.active_of(i),
                                          std::back_inserter(differing));
    double squares = 0;
    for (std::size_t k = 0; k < set.rows.n_numbers; ++k) {
      const double difference = queries.numbers_of(query)[k] - set.rows.numbers_of(i)[k];
      squares += difference * difference;
    }
    rows_at[squares + static_cast<double>(differing.size())].push_back(i);
  }
  std::vector<double> votes(set.n_classes, 0);
  double left = n_neighbors;
  for (const auto& [distance, rows] : rows_at) {
    double count = 0;
    for (const std::size_t i : rows) count += set.counts[i];
    const double part = std::min(1.0, left / count);
    for (const std::size_t i : rows) votes[set.labels[i]] += part * set.weights[i];
    left -= count;
    if (left <= 0) break;
  }
  double sum = 0;
  for (const double vote : votes) sum += vote;
  for (double& vote : votes) vote /= sum;
  return votes;
}

// Rows with 0 to 9 of `n_indicators` indicators, so that all sizes meet, and numbers that tie.
TrainingSet mixed_rows(std::size_t n, std::uint32_t n_indicators, std::uint32_t n_numbers,
                       std::uint64_t seed) {
  Rng rng(seed);
  TrainingSet set = empty_set(n_indicators, n_numbers, 3);
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<std::uint32_t> active;
    for (std::uint64_t k = rng.below(10); n_indicators > 0 && k > 0; --k) {
      active.push_back(static_cast<std::uint32_t>(rng.below(n_indicators)));
    }
    std::ranges::sort(active);
    active.erase(std::unique(active.begin(), active.end()), active.end());
    std::vector<double> numbers;
    for (std::uint32_t k = 0; k < n_numbers; ++k) {
      numbers.push_back(static_cast<double>(rng.below(7)) / 4 - 0.75);
    }
    append_row(set, active, numbers, static_cast<std::uint32_t>(rng.below(3)),
               1 + static_cast<double>(rng.below(3)));
    set.weights.back() *= 1 + static_cast<double>(rng.below(3)) / 2;
  }
  return set;
}

TEST(KNearestNeighbors, MissesNoRowThatALookAtAllOfThemFinds) {
  struct Case {
    std::size_t n;
    std::uint32_t n_indicators;
    std::uint32_t n_numbers;
  };
  for (const Case& given : {Case{5, 12, 0}, Case{900, 12, 0}, Case{6000, 80, 0}, Case{900, 0, 3},
                            Case{2000, 12, 2}, Case{700, 400, 1}}) {
    const TrainingSet set = mixed_rows(given.n, given.n_indicators, given.n_numbers, 1);
    const TrainingSet queries = mixed_rows(60, given.n_indicators, given.n_numbers, 2);
    for (const std::uint64_t n_neighbors : {1, 5, 40}) {
      const RowMatrix votes = votes_for(set, queries.rows, n_neighbors);
      for (std::size_t q = 0; q < queries.size(); ++q) {
        const auto expected = votes_by_hand(set, queries.rows, q, static_cast<double>(n_neighbors));
        for (std::uint32_t c = 0; c < 3; ++c) {
          ASSERT_NEAR(votes(static_cast<Eigen::Index>(q), c), expected[c], 1e-12)
              << given.n << " rows, query " << q << ", " << n_neighbors << " neighbours";
        }
      }
    }
  }
}

// The same rows asked together, alone, and twice.
TEST(KNearestNeighbors, AnAnswerDoesNotDependOnTheOtherQuestions) {
  const TrainingSet set = mixed_rows(500, 20, 1, 3);
  const ClassifierPtr fitted = KNearestNeighbors::fit({}, set, {});
  CompactRows queries = mixed_rows(30, 20, 1, 4).rows;
  const CompactRows once = queries;
  for (std::size_t i = 0; i < once.size(); ++i) {
    const auto active = once.active_of(i);
    append_row(queries, {active.begin(), active.end()}, {once.numbers_of(i)[0]});
  }
  const RowMatrix together = fitted->predict_proba(queries);
  for (std::size_t i = 0; i < once.size(); ++i) {
    CompactRows alone{.n_indicators = 20, .n_numbers = 1};
    const auto active = once.active_of(i);
    append_row(alone, {active.begin(), active.end()}, {once.numbers_of(i)[0]});
    const auto row = static_cast<Eigen::Index>(i);
    EXPECT_EQ(fitted->predict_proba(alone).row(0), together.row(row));
    EXPECT_EQ(together.row(row), together.row(row + 30));
  }
}

// Rows {0} and {0, 1}, the second with both classes.
struct Damaged {
  std::vector<std::uint64_t> n_neighbors = {5};
  std::vector<std::uint8_t> block_size = {2};
  std::vector<std::uint8_t> row_size = {1, 2};
  std::vector<std::uint8_t> active = {0, 0, 1};
  std::vector<std::uint8_t> classes_of_row = {1, 2};
  std::vector<std::uint8_t> class_of = {0, 0, 1};
  std::vector<std::uint8_t> count = {1, 1, 1};
  std::vector<std::uint8_t> weight_of = {0, 0, 0};

  std::string message() const {
    TensorBundle bundle;
    ModelShape{.n_classes = 2, .n_indicators = 2, .n_numbers = 0}.add_to(bundle);
    bundle.add("n_neighbors", n_neighbors);
    bundle.add("block_size", block_size);
    bundle.add("row_size", row_size);
    bundle.add("active", active);
    bundle.add("numbers", std::vector<double>{});
    bundle.add("classes_of_row", classes_of_row);
    bundle.add("class_of", class_of);
    bundle.add("count", count);
    bundle.add("weight", std::vector<double>{1});
    bundle.add("weight_of", weight_of);
    return error_of<ModelFileError>([&] { KNearestNeighbors::load(bundle); });
  }
};

TEST(KNearestNeighbors, BelievesNothingInAModelFile) {
  EXPECT_EQ(Damaged{}.message(), "(nothing was thrown)");
  EXPECT_EQ((Damaged{.n_neighbors = {0}}.message()),
            "array \"n_neighbors\": expected at least 1, got 0");
  EXPECT_EQ((Damaged{.block_size = {1}}.message()),
            "array \"block_size\": expected sizes of at least 1 with a sum of 2");
  EXPECT_EQ((Damaged{.block_size = {2, 0}}.message()),
            "array \"block_size\": expected sizes of at least 1 with a sum of 2");
  EXPECT_EQ((Damaged{.block_size = {65}}.message()),
            "array \"block_size\": expected codes below 65, got 65");
  EXPECT_EQ((Damaged{.row_size = {2, 2}}.message()),
            "array \"row_size\": expected sizes of at least 0 with a sum of 3");
  EXPECT_EQ((Damaged{.row_size = {}, .active = {}}.message()),
            "array \"row_size\": a model without rows");
  EXPECT_EQ((Damaged{.active = {0, 1, 1}}.message()),
            "array \"active\": expected an ascending list in row 1");
  EXPECT_EQ((Damaged{.active = {0, 0, 2}}.message()),
            "array \"active\": expected codes below 2, got 2");
  EXPECT_EQ((Damaged{.classes_of_row = {1, 1, 1}}.message()),
            "array \"classes_of_row\": expected 2 values, got 3");
  EXPECT_EQ((Damaged{.class_of = {0, 0, 2}}.message()),
            "array \"class_of\": expected codes below 2, got 2");
  EXPECT_EQ((Damaged{.count = {1, 0, 1}}.message()), "array \"count\": expected 3 values above 0");
  EXPECT_EQ((Damaged{.weight_of = {0, 1, 0}}.message()),
            "array \"weight_of\": expected codes below 1, got 1");
}

}  // namespace
}  // namespace resml
