#include "resml/learn/bernoulli_nb.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "error_of.hpp"
#include "known_answers.hpp"
#include "resml/base/error.hpp"

namespace resml {
namespace {

RowMatrix joint_of(const TrainingSet& set, const CompactRows& rows) {
  const ClassifierPtr fitted = BernoulliNB::fit({}, set, {});
  return dynamic_cast<const BernoulliNB&>(*fitted).joint_log_likelihood(rows);
}

TEST(BernoulliNB, AgreesWithScikitLearn) {
  const KnownAnswers known;
  const RowMatrix expected = KnownAnswers::matrix(known.answers["bernoulli_nb"]);
  const RowMatrix joint = joint_of(known.set, known.queries);
  EXPECT_LT((joint - expected).cwiseQuotient(expected).cwiseAbs().maxCoeff(), 1e-9);
}

// Class 0: three rows, the indicator on in two: (2 + 1) / (3 + 2). Class 1: one row, off.
TEST(BernoulliNB, ByHand) {
  TrainingSet set = empty_set(1, 1, 2);
  append_row(set, {0}, {1}, 0, 2);
  append_row(set, {}, {0}, 0, 1);
  append_row(set, {}, {-1}, 1, 1);
  const RowMatrix joint = joint_of(set, set.rows);
  EXPECT_NEAR(joint(0, 0), std::log(3.0 / 4 * 3 / 5 * 3 / 5), 1e-12);
  EXPECT_NEAR(joint(0, 1), std::log(1.0 / 4 * 1 / 3 * 1 / 3), 1e-12);
  EXPECT_NEAR(joint(1, 0), std::log(3.0 / 4 * 2 / 5 * 2 / 5), 1e-12);
}

TEST(BernoulliNB, AClassWithoutWeightIsImpossible) {
  TrainingSet set = random_set(50, 2, 1);
  set.n_classes = 3;
  EXPECT_EQ(joint_of(set, set.rows)(0, 2), -std::numeric_limits<double>::infinity());
}

TEST(BernoulliNB, RefusesMoreThanTheWholeClass) {
  TensorBundle bundle;
  ModelShape{.n_classes = 2, .n_indicators = 1, .n_numbers = 0}.add_to(bundle);
  bundle.add("class_weight", std::vector<double>{4, 2});
  bundle.add("on_weight", std::vector<double>{4, 3});
  bundle.add("alpha", std::vector<double>{1});
  EXPECT_EQ(error_of<ModelFileError>([&] { BernoulliNB::load(bundle); }),
            "array \"on_weight\": expected at most 2 in class 1, got 3");
}

}  // namespace
}  // namespace resml
