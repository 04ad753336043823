#include "resml/learn/gaussian_nb.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "error_of.hpp"
#include "known_answers.hpp"
#include "resml/base/error.hpp"

namespace resml {
namespace {

RowMatrix joint_of(const TrainingSet& set, const CompactRows& rows) {
  const ClassifierPtr fitted = GaussianNB::fit({}, set, {});
  return dynamic_cast<const GaussianNB&>(*fitted).joint_log_likelihood(rows);
}

TEST(GaussianNB, AgreesWithScikitLearn) {
  const KnownAnswers known;
  const RowMatrix expected = KnownAnswers::matrix(known.answers["gaussian_nb"]);
  const RowMatrix joint = joint_of(known.set, known.queries);
  EXPECT_LT((joint - expected).cwiseQuotient(expected).cwiseAbs().maxCoeff(), 1e-9);
}

// Indicator 0 is on in every row of class 0: its variance there is the floor alone, and terms of
// 10^9 must not cancel against each other.
TEST(GaussianNB, KeepsItsDigitsWhereAnIndicatorNeverChanges) {
  TrainingSet set = empty_set(2, 0, 2);
  append_row(set, {0, 1}, {}, 0, 1);
  append_row(set, {0}, {}, 0, 2);
  append_row(set, {1}, {}, 1, 3);
  append_row(set, {0}, {}, 1, 1);
  const double floor = 1e-9 * 0.2448979591836735;  // 4/7 * 3/7, of both columns
  const auto log_density = [](double x, double mean, double variance) {
    return -0.5 * std::log(2 * std::numbers::pi * variance) -
           0.5 * (x - mean) * (x - mean) / variance;
  };
  CompactRows rows = set.rows;
  const RowMatrix joint = joint_of(set, rows);
  const double of_row_0 =
      std::log(3.0 / 7) + log_density(1, 1, floor) + log_density(1, 1.0 / 3, 2.0 / 9 + floor);
  EXPECT_NEAR(joint(0, 0), of_row_0, 1e-12 * std::abs(of_row_0));
  const double of_row_2 =
      std::log(3.0 / 7) + log_density(0, 1, floor) + log_density(1, 1.0 / 3, 2.0 / 9 + floor);
  EXPECT_NEAR(joint(2, 0), of_row_2, 1e-12 * std::abs(of_row_2));
}

TEST(GaussianNB, WhereNothingVariesThePriorDecides) {
  TrainingSet set = empty_set(1, 1, 2);
  append_row(set, {0}, {5}, 0, 3);
  append_row(set, {0}, {5}, 1, 1);
  CompactRows other = empty_set(1, 1, 2).rows;
  append_row(other, {}, {7});
  const RowMatrix proba = GaussianNB::fit({}, set, {})->predict_proba(other);
  EXPECT_DOUBLE_EQ(proba(0, 0), 0.75);
}

TEST(GaussianNB, AClassWithoutWeightIsImpossible) {
  TrainingSet set = random_set(50, 2, 1);
  set.n_classes = 3;
  EXPECT_EQ(joint_of(set, set.rows)(0, 2), -std::numeric_limits<double>::infinity());
}

TEST(GaussianNB, RefusesAMeanThatIsNoShare) {
  TensorBundle bundle;
  ModelShape{.n_classes = 1, .n_indicators = 1, .n_numbers = 0}.add_to(bundle);
  bundle.add("class_weight", std::vector<double>{1});
  bundle.add("mean", std::vector<double>{1.5});
  bundle.add("number_variance", std::vector<double>{});
  bundle.add("variance_floor", std::vector<double>{1});
  EXPECT_EQ(error_of<ModelFileError>([&] { GaussianNB::load(bundle); }),
            "array \"mean\": expected a share for indicator 0, got 1.5");
}

}  // namespace
}  // namespace resml
