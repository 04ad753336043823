// What every learner of the registry promises, whatever it learns, alone and by every method.
#include <gtest/gtest.h>

#include <thread>

#include "resml/base/error.hpp"
#include "resml/learn/registry.hpp"
#include "training_sets.hpp"

namespace resml {

// For the names of failed tests.
static void PrintTo(const ClassifierSpec& spec, std::ostream* out) {
  *out << spec.method << " " << spec.kind;
}

namespace {

class ClassifierContract : public testing::TestWithParam<ClassifierSpec> {
 protected:
  ClassifierPtr fit(const TrainingSet& set, unsigned threads = 1) const {
    FitContext context;
    context.threads = threads;
    return fit_classifier(GetParam(), set, context);
  }
  // As the model file names it.
  std::string kind() const {
    return GetParam().method.empty() ? GetParam().kind : GetParam().method;
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
  const ClassifierPtr loaded = load_classifier(kind(), fitted->save());
  const RowMatrix proba = fitted->predict_proba(set.rows);
  EXPECT_EQ(proba, loaded->predict_proba(set.rows));
  EXPECT_EQ(fitted->decide(set.rows, proba), loaded->decide(set.rows, proba));
  EXPECT_EQ(loaded->kind(), kind());
  EXPECT_EQ(loaded->n_classes(), 3U);
  EXPECT_EQ(loaded->n_columns(), 14U);
}

TEST_P(ClassifierContract, AnswersAreProbabilitiesAndDecisions) {
  const TrainingSet set = random_set(200, 3, 14);
  const ClassifierPtr fitted = fit(set);
  const Classifier::Answers answers = fitted->answer(set.rows);
  EXPECT_EQ(answers.proba, fitted->predict_proba(set.rows));
  EXPECT_EQ(answers.decisions, fitted->decide(set.rows, answers.proba));
}

// Without any one of its arrays, or with one shorter by a value, a model is refused.
TEST_P(ClassifierContract, ADamagedBundleIsAModelFileError) {
  const TensorBundle whole = fit(random_set(60, 3, 3))->save();
  for (const auto& [left_out, tensor] : whole.tensors()) {
    TensorBundle without;
    TensorBundle shorter;
    for (const auto& [name, text] : whole.strings()) {
      without.add_string(name, text);
      shorter.add_string(name, text);
    }
    for (const auto& [name, other] : whole.tensors()) {
      std::visit(
          [&, &name = name, &left_out = left_out](auto values) {
            if (name != left_out) without.add(name, values);
            if (name == left_out) values.pop_back();
            shorter.add(name, values);
          },
          *other.values);
    }
    EXPECT_THROW(load_classifier(kind(), without), ModelFileError) << left_out;
    EXPECT_THROW(load_classifier(kind(), shorter), ModelFileError) << left_out;
  }
}

TEST_P(ClassifierContract, SameBitsOnAnyNumberOfThreads) {
  const TrainingSet set = random_set(300, 4, 3);
  const TensorBundle one = fit(set, 1)->save();
  for (const unsigned threads : {2U, 8U}) {
    const TensorBundle many = fit(set, threads)->save();
    for (const auto& [name, tensor] : one.tensors()) {
      EXPECT_EQ(*tensor.values, *many.tensors().at(name).values) << name;
    }
  }
}

TEST_P(ClassifierContract, CountThreeEqualsThreeRows) {
  const TrainingSet set = random_set(150, 3, 4);
  const TrainingSet ungrouped = copied(set, [&](std::size_t i) { return set.counts[i]; });
  EXPECT_LT(largest_difference(fit(set)->predict_proba(set.rows),
                               fit(ungrouped)->predict_proba(set.rows)),
            1e-9);
}

TEST_P(ClassifierContract, WeightZeroEqualsRowRemoved) {
  TrainingSet set = random_set(100, 3, 5);
  for (std::size_t i = 0; i < set.size(); i += 3) set.weights[i] = 0;
  const TrainingSet without = copied(set, [&](std::size_t i) { return i % 3 == 0 ? 0 : 1; });
  EXPECT_LT(
      largest_difference(fit(set)->predict_proba(set.rows), fit(without)->predict_proba(set.rows)),
      1e-9);
}

TEST_P(ClassifierContract, AClassWithoutRowsIsNeverTheLikeliest) {
  TrainingSet set = random_set(50, 2, 8);
  set.n_classes = 3;
  const ClassifierPtr fitted = fit(set);
  const RowMatrix proba = fitted->predict_proba(set.rows);
  expect_probabilities(proba);
  for (const std::uint32_t decision : fitted->decide(set.rows, proba)) EXPECT_LT(decision, 2U);
}

TEST_P(ClassifierContract, OneClassOneRowNoColumnNoVariation) {
  const TrainingSet one_class = random_set(20, 1, 6);
  expect_probabilities(fit(one_class)->predict_proba(one_class.rows));
  const TrainingSet one_row = random_set(1, 2, 7);
  expect_probabilities(fit(one_row)->predict_proba(one_row.rows));
  TrainingSet constant = random_set(30, 2, 9);
  for (double& x : constant.rows.numbers) x = 5;
  expect_probabilities(fit(constant)->predict_proba(constant.rows));
  TrainingSet no_column = empty_set(0, 0, 2);
  append_row(no_column, {}, {}, 0, 30);
  append_row(no_column, {}, {}, 1, 10);
  const RowMatrix proba = fit(no_column)->predict_proba(no_column.rows);
  expect_probabilities(proba);
  // Boosting is of another mind: it learns from what is rare until both are as frequent.
  if (GetParam().method == "ada_boost") {
    EXPECT_GT(proba(0, 0), 0.5);
  } else {
    EXPECT_NEAR(proba(0, 0), 0.75, 0.01 + (GetParam().method.empty() ? 0 : 0.1));
  }
}

TEST_P(ClassifierContract, HugeNumbersAndWeights) {
  TrainingSet heavy = random_set(50, 3, 10);
  for (double& weight : heavy.weights) weight *= 1e250;
  expect_probabilities(fit(heavy)->predict_proba(heavy.rows));
  const TrainingSet usual = random_set(50, 3, 11);
  TrainingSet far = usual;
  for (double& x : far.rows.numbers) x *= 1e300;
  expect_probabilities(fit(usual)->predict_proba(far.rows));
  expect_probabilities(fit(far)->predict_proba(far.rows));
  expect_probabilities(fit(far)->predict_proba(usual.rows));
}

TEST_P(ClassifierContract, AStopIsHonoured) {
  const TrainingSet set = random_set(50000, 4, 12);
  std::stop_source source;
  FitContext context;
  context.stop = source.get_token();
  source.request_stop();
  EXPECT_THROW(fit_classifier(GetParam(), set, context), Cancelled);
}

// Ensembles of few: what holds for three members holds for more.
std::vector<ClassifierSpec> all_pairs() {
  std::vector<ClassifierSpec> pairs;
  for (const AlgorithmInfo& algorithm : algorithms()) {
    pairs.push_back({.kind = algorithm.kind});
    for (const auto& [method, size] :
         {std::pair("bagging", "n_members"), {"ada_boost", "n_rounds"}}) {
      pairs.push_back({.kind = algorithm.kind, .method = method, .method_options = {{size, 3}}});
    }
  }
  return pairs;
}
INSTANTIATE_TEST_SUITE_P(Registry, ClassifierContract, testing::ValuesIn(all_pairs()),
                         [](const auto& of) {
                           const std::string& method = of.param.method;
                           return method.empty() ? of.param.kind : method + "_of_" + of.param.kind;
                         });

// The slow ones are also stopped half-way: random numbers make the deepest tree there is.
TEST(StopHalfway, WhateverTakesLong) {
  TrainingSet set = random_set(100000, 4, 13);
  Rng rng(1);
  for (double& x : set.rows.numbers) x = rng.uniform();
  for (const char* kind :
       {"logistic_regression", "linear_svm", "rbf_svm", "decision_tree", "random_forest"}) {
    std::stop_source source;
    FitContext context;
    context.stop = source.get_token();
    const std::jthread stopper([&] { source.request_stop(); });
    EXPECT_THROW(fit_classifier({.kind = kind}, set, context), Cancelled) << kind;
  }
}

}  // namespace
}  // namespace resml
