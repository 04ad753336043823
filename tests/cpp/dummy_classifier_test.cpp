#include "resml/learn/dummy_classifier.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "error_of.hpp"
#include "resml/base/error.hpp"
#include "training_sets.hpp"

namespace resml {
namespace {

// Class 0 has 6 of 8 incidents; the weights say otherwise and are ignored.
TrainingSet three_to_one() {
  TrainingSet set = empty_set(40, 1, 2);
  append_row(set, {1}, {0}, 0, 6);
  append_row(set, {2}, {0}, 1, 2);
  set.weights = {1, 100};
  return set;
}

CompactRows all_pairs() {
  CompactRows rows = empty_set(40, 1, 2).rows;
  for (std::uint32_t a = 0; a < 40; ++a) {
    for (std::uint32_t b = a + 1; b < 40; ++b) append_row(rows, {a, b}, {a * 0.5});
  }
  return rows;
}

TEST(DummyClassifier, SaysTheFrequenciesWhateverTheWeights) {
  const TrainingSet set = three_to_one();
  const RowMatrix proba = DummyClassifier::fit({}, set, {})->predict_proba(set.rows);
  EXPECT_EQ(proba(0, 0), 0.75);
  EXPECT_EQ(proba(1, 1), 0.25);
}

TEST(DummyClassifier, DrawsByFrequency) {
  const CompactRows rows = all_pairs();
  const ClassifierPtr fitted = DummyClassifier::fit({}, three_to_one(), {});
  double ones = 0;
  for (const std::uint32_t label : fitted->decide(rows, fitted->predict_proba(rows))) ones += label;
  const auto n = static_cast<double>(rows.size());
  EXPECT_NEAR(ones / n, 0.25, 4 * std::sqrt(0.25 * 0.75 / n));
}

TEST(DummyClassifier, TheSameRowGetsTheSameAnswerWhereverItStands) {
  const CompactRows rows = all_pairs();
  const ClassifierPtr fitted = DummyClassifier::fit({}, three_to_one(), {});
  const auto together = fitted->decide(rows, fitted->predict_proba(rows));
  for (std::size_t i = 0; i < rows.size(); i += 7) {
    CompactRows alone = empty_set(40, 1, 2).rows;
    append_row(alone, {rows.active_of(i)[0], rows.active_of(i)[1]}, {rows.numbers_of(i)[0]});
    EXPECT_EQ(fitted->decide(alone, fitted->predict_proba(alone))[0], together[i]);
  }
  const ClassifierPtr other = DummyClassifier::fit({}, three_to_one(), {.rng = Rng(1)});
  EXPECT_NE(other->decide(rows, other->predict_proba(rows)), together);
}

TEST(DummyClassifier, MinusZeroIsZero) {
  const ClassifierPtr fitted = DummyClassifier::fit({}, three_to_one(), {});
  for (std::uint32_t a = 0; a < 40; ++a) {
    CompactRows rows = empty_set(40, 1, 2).rows;
    append_row(rows, {a}, {0.0});
    append_row(rows, {a}, {-0.0});
    const auto answers = fitted->decide(rows, fitted->predict_proba(rows));
    EXPECT_EQ(answers[0], answers[1]);
  }
}

TEST(DummyClassifier, RefusesFrequenciesThatAreNone) {
  TensorBundle bundle;
  ModelShape{.n_classes = 2, .n_indicators = 0, .n_numbers = 0}.add_to(bundle);
  bundle.add("frequency", std::vector<double>{0.5, 0.25});
  bundle.add("seed", std::vector<std::uint64_t>{0});
  EXPECT_EQ(error_of<ModelFileError>([&] { DummyClassifier::load(bundle); }),
            "array \"frequency\": expected a sum of 1, got 0.75");
}

}  // namespace
}  // namespace resml
