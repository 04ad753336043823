#include "resml/learn/logistic_regression.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"
#include "known_answers.hpp"
#include "resml/base/error.hpp"
#include "resml/learn/logistic_solver.hpp"

namespace resml {
namespace {

void expect_known(const KnownAnswers& known, const char* name) {
  const ClassifierPtr fitted = LogisticRegression::fit({}, known.set, {});
  const auto& coefficients = dynamic_cast<const LogisticRegression&>(*fitted).coefficients();
  const auto& expected = known.answers[name];
  EXPECT_LT(largest_difference(coefficients, KnownAnswers::matrix(expected["coefficients"])), 1e-6);
  EXPECT_LT(largest_difference(fitted->predict_proba(known.queries),
                               KnownAnswers::matrix(expected["proba"])),
            1e-7);
}

TEST(LogisticRegression, AgreesWithLiblinear) {
  expect_known(KnownAnswers::scaled(), "logistic_regression");
}

TEST(LogisticRegression, TwoClassesAreOneProblem) {
  KnownAnswers known = KnownAnswers::scaled();
  known.set.n_classes = 2;
  for (std::uint32_t& label : known.set.labels) label = label == 2 ? 1 : 0;
  expect_known(known, "logistic_regression_binary");
}

TEST(LogisticRegression, AClassWithoutWeightTakesNoPart) {
  TrainingSet set = random_set(100, 2, 1);
  const RowMatrix two = LogisticRegression::fit({}, set, {})->predict_proba(set.rows);
  for (std::uint32_t& label : set.labels) label *= 2;
  set.n_classes = 4;
  const RowMatrix four = LogisticRegression::fit({}, set, {})->predict_proba(set.rows);
  EXPECT_EQ(two.col(0), four.col(0));
  EXPECT_EQ(two.col(1), four.col(2));
  EXPECT_EQ(four.col(1).maxCoeff(), 0);
}

Eigen::VectorXd sum_of_class_0(const TrainingSet& set) {
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(set.rows.n_columns()) + 1);
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (set.labels[i] != 0) continue;
    for (const std::uint32_t j : set.rows.active_of(i)) sum[j] += set.weights[i];
    for (std::size_t k = 0; k < set.rows.n_numbers; ++k) {
      sum[static_cast<Eigen::Index>(set.rows.n_indicators + k)] +=
          set.weights[i] * set.rows.numbers_of(i)[k];
    }
    sum[sum.size() - 1] += set.weights[i];
  }
  return sum;
}

TEST(LogisticSolver, BothSystemsFindTheSameOptimum) {
  for (const double c : {0.01, 1.0, 100.0, 1e4}) {
    const TrainingSet set = random_set(400, 3, 2);
    const MergedRows data = merge_equal_rows(set);
    const Eigen::VectorXd sum = sum_of_class_0(set);
    LogisticProblem problem{.data = data, .positive_sum = sum, .c = c, .max_iter = 100};
    problem.system = NewtonSystem::Factorised;
    const LogisticSolution a = solve_logistic(problem, {});
    problem.system = NewtonSystem::ConjugateGradients;
    const LogisticSolution b = solve_logistic(problem, {});
    EXPECT_TRUE(a.converged && b.converged);
    EXPECT_LT((a.coefficients - b.coefficients).cwiseAbs().maxCoeff(), 1e-6) << c;
  }
}

TEST(LogisticSolver, SaysThatItDidNotConverge) {
  const TrainingSet set = random_set(100, 2, 3);
  const MergedRows data = merge_equal_rows(set);
  const Eigen::VectorXd sum = sum_of_class_0(set);
  EXPECT_FALSE(
      solve_logistic({.data = data, .positive_sum = sum, .c = 100, .max_iter = 2}, {}).converged);
}

TEST(LogisticRegression, BelievesNothingInAModelFile) {
  const auto message = [](const std::vector<std::uint32_t>& classes, double coefficient) {
    TensorBundle bundle;
    ModelShape{.n_classes = 2, .n_indicators = 0, .n_numbers = 0}.add_to(bundle);
    bundle.add("classes", classes);
    bundle.add("coefficients", std::vector<double>{coefficient});
    return error_of<ModelFileError>([&] { LogisticRegression::load(bundle); });
  };
  EXPECT_EQ(message({0, 1}, 1), "(nothing was thrown)");
  EXPECT_EQ(message({1, 1}, 1), "array \"classes\": expected ascending numbers below 2");
  EXPECT_EQ(message({0, 2}, 1), "array \"classes\": expected ascending numbers below 2");
  EXPECT_EQ(message({}, 1), "array \"classes\": expected ascending numbers below 2");
  EXPECT_EQ(message({0, 1}, 1e200),
            "array \"coefficients\": expected numbers from -1e+150 to 1e+150, got 1e+200");
}

}  // namespace
}  // namespace resml
