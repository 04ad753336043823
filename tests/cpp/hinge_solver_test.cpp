#include "resml/learn/hinge_solver.hpp"

#include <gtest/gtest.h>

#include "hinge_problems.hpp"
#include "resml/learn/class_pairs.hpp"
#include "resml/learn/row_products.hpp"

namespace resml {
namespace {

// Rows with one number each.
HingeSolution solve_line(const std::vector<double>& at, const std::vector<double>& positive,
                         const std::vector<double>& negative) {
  CompactRows rows{.n_numbers = 1};
  for (const double x : at) append_row(rows, {}, {x});
  return solve_hinge({rows, positive, negative}, {});
}

TEST(HingeSolver, TwoPointsTouchTheMargin) {
  // w = 2 / (3 - 1), border in the middle, multipliers w^2 / 2.
  const HingeSolution solution = solve_line({3, 1}, {5, 0}, {0, 5});
  EXPECT_NEAR(solution.coefficients[0], 1, 1e-9);
  EXPECT_NEAR(solution.coefficients[1], -2, 1e-9);
  EXPECT_NEAR(solution.multipliers[0], 0.5, 1e-9);
  EXPECT_NEAR(solution.multipliers[1], -0.5, 1e-9);
}

TEST(HingeSolver, APointAtItsBound) {
  // The negative point at 2 lies among the positives: its multiplier is its whole weight 0.1. The
  // others touch: w(4 - 0) = 2, so w = 0.5 = 4 p - 0.1 * 2 with p = 0.175 for the positive point.
  const HingeSolution solution = solve_line({0, 4, 2}, {0, 9, 0}, {9, 0, 0.1});
  EXPECT_NEAR(solution.coefficients[0], 0.5, 1e-9);
  EXPECT_NEAR(solution.coefficients[1], -1, 1e-9);
  EXPECT_NEAR(solution.multipliers[0], -0.075, 1e-9);
  EXPECT_NEAR(solution.multipliers[1], 0.175, 1e-9);
  EXPECT_NEAR(solution.multipliers[2], -0.1, 1e-9);
}

TEST(HingeSolver, WithSmallBoundsTheInterceptIsTheMiddleOfWhatIsBest) {
  // Both multipliers 0.1: w = 0.2, and any intercept from -0.8 to 0.8 is equally good.
  const HingeSolution solution = solve_line({1, -1}, {0.1, 0}, {0, 0.1});
  EXPECT_NEAR(solution.coefficients[0], 0.2, 1e-9);
  EXPECT_NEAR(solution.coefficients[1], 0, 1e-9);
}

TEST(HingeSolver, OneRowWithBothLabelsSidesWithTheHeavier) {
  EXPECT_NEAR(solve_line({7}, {3}, {1}).coefficients[1], 1, 1e-9);
  EXPECT_NEAR(solve_line({7}, {1}, {3}).coefficients[1], -1, 1e-9);
  EXPECT_NEAR(solve_line({7}, {2}, {2}).coefficients[1], 0, 1e-9);
}

TEST(BestIntercept, AgreesWithTryingAll) {
  Rng rng(3);
  std::vector<double> values;
  std::vector<double> positive;
  std::vector<double> negative;
  for (int i = 0; i < 40; ++i) {
    values.push_back(rng.uniform() * 4 - 2);
    positive.push_back(static_cast<double>(rng.below(4)));
    negative.push_back(static_cast<double>(rng.below(3)));
  }
  const auto loss = [&](double b) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      sum += positive[i] * std::max(0.0, 1 - values[i] - b);
      sum += negative[i] * std::max(0.0, 1 + values[i] + b);
    }
    return sum;
  };
  const double best = loss(best_intercept(values, positive, negative));
  for (int i = -4000; i <= 4000; ++i) EXPECT_LE(best, loss(i / 1000.0) + 1e-9);
}

// Optimal without any doubt: multipliers within their bounds whose dual objective is the primal
// one.
TEST(HingeSolver, LeavesNoDualityGap) {
  for (const double c : {0.01, 1.0, 100.0}) {
    const TrainingSet set = random_set(2000, 3, 5);
    PairProblem problem = ClassedRows(set).problem(0, 2);
    for (double& weight : problem.positive) weight *= c;
    for (double& weight : problem.negative) weight *= c;
    const HingeSolution solution =
        solve_hinge({problem.rows, problem.positive, problem.negative}, {});
    Eigen::VectorXd w = Eigen::VectorXd::Zero(solution.coefficients.size());
    std::vector<double> values;
    for (std::size_t i = 0; i < problem.rows.size(); ++i) {
      add_row(problem.rows, i, solution.multipliers[i], w);
      values.push_back(product(problem.rows, i, solution.coefficients));
    }
    w[w.size() - 1] = solution.coefficients[w.size() - 1];
    EXPECT_LT((w - solution.coefficients).cwiseAbs().maxCoeff(), 1e-7);
    const HingeCheck check{.positive = problem.positive,
                           .negative = problem.negative,
                           .values = values,
                           .multipliers = solution.multipliers,
                           .squared_norm = solution.coefficients.head(w.size() - 1).squaredNorm()};
    EXPECT_LT(check.infeasibility(), 1e-8 * check.primal());
    EXPECT_NEAR(check.primal(), check.dual(), 1e-9 * check.primal()) << c;
  }
}

TEST(HingeSolver, ThreadsThatShareOutTheRowsChangeNoBit) {
  TrainingSet set = random_set(90000, 2, 6);
  Rng rng(1);
  for (double& x : set.rows.numbers) x = rng.uniform();  // no two rows alike
  const PairProblem problem = ClassedRows(set).problem(0, 1);
  ASSERT_GT(problem.rows.size(), 80000U);
  FitContext context;
  const HingeProblem hinges{problem.rows, problem.positive, problem.negative};
  const HingeSolution one = solve_hinge(hinges, context);
  context.threads = 4;
  const HingeSolution four = solve_hinge(hinges, context);
  EXPECT_EQ(one.coefficients, four.coefficients);
  EXPECT_EQ(one.multipliers, four.multipliers);
}

}  // namespace
}  // namespace resml
