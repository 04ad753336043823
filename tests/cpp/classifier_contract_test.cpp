// What every learner of the registry promises, whatever it learns.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <thread>

#include "resml/base/error.hpp"
#include "resml/learn/registry.hpp"

namespace resml {
namespace {

void append_row(CompactRows& rows, std::vector<std::uint32_t> active,
                const std::vector<double>& numbers) {
  rows.active.insert(rows.active.end(), active.begin(), active.end());
  rows.numbers.insert(rows.numbers.end(), numbers.begin(), numbers.end());
  rows.starts.push_back(rows.active.size());
}

// `n` random rows of three categories (4, 3 and 5 values) and two numbers; the label depends on
// them.
TrainingSet random_set(std::size_t n, std::uint32_t n_classes, std::uint64_t seed) {
  Rng rng(seed);
  TrainingSet set{.rows = {.n_indicators = 12, .n_numbers = 2}, .n_classes = n_classes};
  for (std::size_t i = 0; i < n; ++i) {
    const auto a = static_cast<std::uint32_t>(rng.below(4));
    const auto b = static_cast<std::uint32_t>(rng.below(3));
    const auto c = static_cast<std::uint32_t>(rng.below(5));
    const double x = std::floor(rng.uniform() * 8) / 2 - 2;
    const double y = std::floor(rng.uniform() * 3);
    append_row(set.rows, {a, 4 + b, 7 + c}, {x, y});
    const auto truth = static_cast<std::uint32_t>((a + (x > 0 ? 1 : 0)) % n_classes);
    set.labels.push_back(rng.below(4) == 0 ? static_cast<std::uint32_t>(rng.below(n_classes))
                                           : truth);
    set.counts.push_back(1 + static_cast<double>(rng.below(4)));
    set.weights.push_back(set.counts.back() * (1 + static_cast<double>(rng.below(3)) / 2));
  }
  return set;
}

CompactRows copied_rows(const TrainingSet& set, const std::vector<std::size_t>& chosen) {
  CompactRows rows{.n_indicators = set.rows.n_indicators, .n_numbers = set.rows.n_numbers};
  for (const std::size_t i : chosen) {
    const auto active = set.rows.active_of(i);
    const auto numbers = set.rows.numbers_of(i);
    append_row(rows, {active.begin(), active.end()}, {numbers.begin(), numbers.end()});
  }
  return rows;
}

// Row i as counts[i] rows of count 1: grouping switched off.
TrainingSet ungrouped(const TrainingSet& set) {
  TrainingSet flat{.n_classes = set.n_classes};
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < set.size(); ++i) {
    for (int k = 0; k < set.counts[i]; ++k) {
      chosen.push_back(i);
      flat.labels.push_back(set.labels[i]);
      flat.counts.push_back(1);
      flat.weights.push_back(set.weights[i] / set.counts[i]);
    }
  }
  flat.rows = copied_rows(set, chosen);
  return flat;
}

class ClassifierContract : public testing::TestWithParam<std::string> {
 protected:
  ClassifierPtr fit(const TrainingSet& set, unsigned threads = 1) const {
    return fit_classifier({.kind = GetParam()}, set, {.rng = Rng(0), .threads = threads});
  }
};

void expect_probabilities(const RowMatrix& proba) {
  ASSERT_TRUE(proba.allFinite());
  for (Eigen::Index i = 0; i < proba.rows(); ++i) {
    EXPECT_NEAR(proba.row(i).sum(), 1, 1e-12);
    EXPECT_GE(proba.row(i).minCoeff(), 0);
  }
}

TEST_P(ClassifierContract, ProbabilitiesSumToOne) {
  for (const std::uint32_t n_classes : {2U, 4U}) {
    const TrainingSet set = random_set(200, n_classes, 1);
    const RowMatrix proba = fit(set)->predict_proba(set.rows);
    ASSERT_EQ(proba.rows(), 200);
    ASSERT_EQ(proba.cols(), n_classes);
    expect_probabilities(proba);
  }
}

TEST_P(ClassifierContract, SavedAndLoadedItSaysTheSameBits) {
  const TrainingSet set = random_set(200, 3, 2);
  const ClassifierPtr fitted = fit(set);
  const ClassifierPtr loaded = load_classifier(GetParam(), fitted->save());
  const RowMatrix proba = fitted->predict_proba(set.rows);
  EXPECT_EQ(proba, loaded->predict_proba(set.rows));
  EXPECT_EQ(fitted->decide(set.rows, proba), loaded->decide(set.rows, proba));
}

TEST_P(ClassifierContract, SameBitsOnAnyNumberOfThreads) {
  const TrainingSet set = random_set(300, 4, 3);
  const RowMatrix one = fit(set, 1)->predict_proba(set.rows);
  EXPECT_EQ(one, fit(set, 2)->predict_proba(set.rows));
  EXPECT_EQ(one, fit(set, 8)->predict_proba(set.rows));
}

TEST_P(ClassifierContract, CountThreeEqualsThreeRows) {
  const TrainingSet set = random_set(150, 3, 4);
  const RowMatrix grouped = fit(set)->predict_proba(set.rows);
  const RowMatrix flat = fit(ungrouped(set))->predict_proba(set.rows);
  EXPECT_LT((grouped - flat).cwiseAbs().maxCoeff(), 1e-7);
}

TEST_P(ClassifierContract, WeightZeroEqualsRowRemoved) {
  TrainingSet set = random_set(100, 3, 5);
  TrainingSet without{.n_classes = 3};
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (i % 3 == 0) {
      set.weights[i] = 0;
      continue;
    }
    chosen.push_back(i);
    without.labels.push_back(set.labels[i]);
    without.counts.push_back(set.counts[i]);
    without.weights.push_back(set.weights[i]);
  }
  without.rows = copied_rows(set, chosen);
  const RowMatrix a = fit(set)->predict_proba(set.rows);
  const RowMatrix b = fit(without)->predict_proba(set.rows);
  EXPECT_LT((a - b).cwiseAbs().maxCoeff(), 1e-9);
}

TEST_P(ClassifierContract, SurvivesWhatIsDegenerate) {
  TrainingSet one_class = random_set(20, 1, 6);
  expect_probabilities(fit(one_class)->predict_proba(one_class.rows));

  const TrainingSet one_row = random_set(1, 2, 7);
  expect_probabilities(fit(one_row)->predict_proba(one_row.rows));

  TrainingSet absent_class = random_set(50, 2, 8);
  absent_class.n_classes = 3;
  const RowMatrix proba = fit(absent_class)->predict_proba(absent_class.rows);
  expect_probabilities(proba);
  EXPECT_LT(proba.col(2).maxCoeff(), 0.34);

  TrainingSet no_column{.labels = {0, 1}, .counts = {3, 1}, .weights = {3, 1}, .n_classes = 2};
  no_column.rows.starts = {0, 0, 0};
  expect_probabilities(fit(no_column)->predict_proba(no_column.rows));

  TrainingSet constant = random_set(30, 2, 9);
  for (double& x : constant.rows.numbers) x = 5;
  expect_probabilities(fit(constant)->predict_proba(constant.rows));

  TrainingSet heavy = random_set(50, 2, 10);
  for (double& weight : heavy.weights) weight *= 1e9;
  expect_probabilities(fit(heavy)->predict_proba(heavy.rows));

  const TrainingSet usual = random_set(50, 2, 11);
  CompactRows far = usual.rows;
  for (double& x : far.numbers) x *= 1e200;
  expect_probabilities(fit(usual)->predict_proba(far));
}

TEST_P(ClassifierContract, RefusesAnUnknownOption) {
  try {
    complete({.kind = GetParam(), .options = {{"no_such_option", 1}}});
    FAIL() << "nothing was thrown";
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()), GetParam() + ": unknown option \"no_such_option\"");
  }
}

TEST_P(ClassifierContract, ADamagedBundleIsAModelFileError) {
  EXPECT_THROW(load_classifier(GetParam(), TensorBundle()), ModelFileError);
}

std::vector<std::string> all_kinds() {
  std::vector<std::string> kinds;
  for (const AlgorithmInfo& algorithm : algorithms()) kinds.push_back(algorithm.kind);
  return kinds;
}
INSTANTIATE_TEST_SUITE_P(Registry, ClassifierContract, testing::ValuesIn(all_kinds()),
                         [](const auto& tested) { return tested.param; });

TEST(Registry, FindsAnAlgorithmByItsNameAndNamesTheNearest) {
  EXPECT_EQ(find_algorithm("logistic regression").kind, "logistic_regression");
  EXPECT_EQ(find_algorithm("gaussian_nb").name, "GaussianNB");
  try {
    find_algorithm("Logistic Regresion");
    FAIL() << "nothing was thrown";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "algorithm: expected one of Logistic Regression, Decision Tree, GaussianNB, "
                 "BernoulliNB, Dummy Classifier, got \"Logistic Regresion\"; did you mean "
                 "\"Logistic Regression\"?");
  }
}

TEST(Options, AreCheckedWithARange) {
  const auto message_of = [](const std::string& kind,
                             const nlohmann::json& options) -> std::string {
    try {
      complete({.kind = kind, .options = options});
    } catch (const InputError& error) {
      return error.what();
    }
    return "nothing was thrown";
  };
  EXPECT_EQ(message_of("decision_tree", {{"min_samples_split", 1}}),
            "decision_tree: option \"min_samples_split\" must be at least 2, got 1");
  EXPECT_EQ(message_of("decision_tree", {{"max_depth", "2.5"}}),
            "decision_tree: option \"max_depth\": expected a whole number, got \"2.5\"");
  EXPECT_EQ(message_of("logistic_regression", {{"c", 0}}),
            "logistic_regression: option \"c\" must be above 0, got 0");
  EXPECT_EQ(message_of("logistic_regression", {{"c", "much"}}),
            "logistic_regression: option \"c\": expected a number, got \"much\"");
  EXPECT_EQ(message_of("decision_tree", {{"max_dept", 3}}),
            "decision_tree: unknown option \"max_dept\"; did you mean \"max_depth\"?");
  EXPECT_EQ(complete({.kind = "logistic_regression", .options = {{"c", "10"}}}).options,
            nlohmann::json({{"c", 10.0}, {"max_iter", 100}}));
}

}  // namespace
}  // namespace resml
