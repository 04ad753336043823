// The three probabilistic learners against numbers of scikit-learn 1.9 on the same eight rows,
// made by tests/data/known_answers/make.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "resml/learn/bernoulli_nb.hpp"
#include "resml/learn/gaussian_nb.hpp"
#include "resml/learn/logistic_regression.hpp"

namespace resml {
namespace {

// Indicators 0..2, one number; weights 1, 2, 1, 3, 1, 1, 2, 1.
TrainingSet eight_rows() {
  TrainingSet set{.rows = {.n_indicators = 3, .n_numbers = 1}, .n_classes = 3};
  const std::vector<std::vector<std::uint32_t>> active = {{0}, {1}, {0, 2}, {1, 2},
                                                          {2}, {0}, {1},    {}};
  set.rows.numbers = {0.5, -1.0, 1.5, 0.25, -0.75, 2.0, -0.5, 1.0};
  for (const auto& row : active) {
    set.rows.active.insert(set.rows.active.end(), row.begin(), row.end());
    set.rows.starts.push_back(set.rows.active.size());
  }
  set.labels = {0, 1, 2, 1, 0, 2, 0, 2};
  set.weights = {1, 2, 1, 3, 1, 1, 2, 1};
  set.counts = set.weights;
  return set;
}

void expect_near(const RowMatrix& got, const std::vector<double>& expected, double tolerance) {
  ASSERT_EQ(static_cast<std::size_t>(got.size()), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(got.data()[i], expected[i], tolerance * std::max(1.0, std::abs(expected[i])));
  }
}

TEST(KnownAnswers, GaussianNB) {
  const TrainingSet set = eight_rows();
  const ClassifierPtr fitted = GaussianNB::fit({}, set, {});
  expect_near(dynamic_cast<const GaussianNB&>(*fitted).joint_log_likelihood(set.rows),
              {-5.27229285697, -1151999983.98, 4.27029134813,  -3.53217987032, 16.0175153349,
               -576000012.23,  -12.3005414169, -1151999986.9,  6.52029133543,  -4.52653014791,
               16.8508486657,  -575999998.917, -4.25534370826, -575999983.149, -9.41720858253,
               -15.4417843441, -1151999989.98, 6.52029133641,  -2.58302733152, 16.684182,
               -576000005.48,  -6.24404426689, -575999985.316, 5.77029133934},
              1e-8);  // a column that never varies within a class adds and takes away 5e8
}

TEST(KnownAnswers, BernoulliNB) {
  const TrainingSet set = eight_rows();
  const ClassifierPtr fitted = BernoulliNB::fit({}, set, {});
  expect_near(dynamic_cast<const BernoulliNB&>(*fitted).joint_log_likelihood(set.rows),
              {-4.39444915467, -6.17420268379, -2.85423271128, -3.00815479355, -2.87836581778,
               -6.03228654163, -5.08759633523, -5.88652061134, -3.25969781939, -4.39444915467,
               -2.30300167288, -5.05145728862, -3.70130197411, -4.38244321456, -5.05145728862,
               -4.39444915467, -6.17420268379, -2.85423271128, -3.00815479355, -2.87836581778,
               -6.03228654163, -3.70130197411, -4.38244321456, -3.25969781939},
              1e-9);
}

TEST(KnownAnswers, LogisticRegression) {
  const TrainingSet set = eight_rows();
  const ClassifierPtr fitted = LogisticRegression::fit({}, set, {});
  expect_near(dynamic_cast<const LogisticRegression&>(*fitted).coefficients(),
              {1.60428455195, -2.53122676559, -1.04713651898, -2.26784987915, 0.752133765465,
               -0.0222593811068, 7.20774957462, 5.41680863734, -3.04762835071, -9.32340166043,
               -2.92726231619, -3.45965201265, 0.123389804153, 5.75561935933, -2.56212048588},
              1e-6);
}
}  // namespace
}  // namespace resml
