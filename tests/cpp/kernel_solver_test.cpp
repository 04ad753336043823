#include "resml/learn/kernel_solver.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"
#include "hinge_problems.hpp"
#include "resml/base/error.hpp"
#include "resml/learn/class_pairs.hpp"
#include "resml/learn/kernel.hpp"

namespace resml {
namespace {

constexpr std::uint64_t kPlenty = 10'000'000;  // steps

// Rows with one number each.
KernelSolution solve_line(const std::vector<double>& at, const std::vector<double>& positive,
                          const std::vector<double>& negative) {
  CompactRows rows{.n_numbers = 1};
  for (const double x : at) append_row(rows, {}, {x});
  return solve_kernel({.rows = rows,
                       .gamma = 0.5,
                       .positive = positive,
                       .negative = negative,
                       .most_steps = kPlenty},
                      {});
}

TEST(KernelSolver, TwoPointsTouchTheMargin) {
  // f(x1) - f(x2) = 2 = 2 m (1 - exp(-0.5 * 2^2)).
  const KernelSolution solution = solve_line({1, -1}, {5, 0}, {0, 5});
  const double multiplier = 1 / (1 - std::exp(-2.0));
  EXPECT_NEAR(solution.multipliers[0], multiplier, 1e-5);
  EXPECT_NEAR(solution.multipliers[1], -multiplier, 1e-5);
  EXPECT_NEAR(solution.intercept, 0, 1e-5);
  EXPECT_NEAR(solution.values[0], 1, 1e-5);
}

TEST(KernelSolver, BoundsHold) {
  const KernelSolution solution = solve_line({1, -1}, {0.3, 0}, {0, 0.2});
  EXPECT_NEAR(solution.multipliers[0], 0.2, 1e-9);
  EXPECT_EQ(solution.multipliers[1], -0.2);
  // The lighter point is at its bound and costs; the other one's margin is 1.
  EXPECT_NEAR(solution.values[0], 1, 1e-5);
}

TEST(KernelSolver, BothLabelsInOneRow) {
  const KernelSolution solution = solve_line({7}, {3}, {1});
  EXPECT_EQ(solution.multipliers[0], 0);
  EXPECT_NEAR(solution.intercept, 1, 1e-9);
  // Beside a positive point, what is left of the lighter label pulls with all it has.
  const KernelSolution two = solve_line({0, 9}, {1, 2}, {3, 0});
  EXPECT_NEAR(two.multipliers[0] + two.multipliers[1], 0, 1e-12);
  EXPECT_NEAR(two.multipliers[0], -1, 1e-6);
}

std::vector<double> times(double factor, std::vector<double> numbers) {
  for (double& number : numbers) number *= factor;
  return numbers;
}

// The same problem with the number of rows that one small problem takes, and with more.
class KernelSolverOptimum : public testing::TestWithParam<std::size_t> {};

TEST_P(KernelSolverOptimum, LeavesNoDualityGap) {
  for (const double c : {0.1, 1.0, 20.0}) {
    TrainingSet set = random_set(GetParam(), 2, 5);
    Rng rng(2);
    for (std::size_t i = 0; i < set.size(); i += 3) set.rows.numbers[2 * i] = rng.uniform();
    const PairProblem problem = ClassedRows(set).problem(0, 1);
    const std::vector<double> positive = times(c, problem.positive);
    const std::vector<double> negative = times(c, problem.negative);
    const Kernel kernel(problem.rows, 0.2);
    const KernelSolution solution = solve_kernel({.rows = problem.rows,
                                                  .gamma = 0.2,
                                                  .positive = positive,
                                                  .negative = negative,
                                                  .most_steps = kPlenty},
                                                 {});
    EXPECT_TRUE(solution.converged);
    double squared_norm = 0;
    std::vector<float> row(kernel.size());
    for (std::size_t i = 0; i < kernel.size(); ++i) {
      kernel.values(kernel.point(problem.rows, i), 0, row);
      double f = solution.intercept;
      for (std::size_t k = 0; k < kernel.size(); ++k) {
        f += solution.multipliers[k] * double{row[k]};
      }
      EXPECT_NEAR(solution.values[i], f, 1e-6);
      squared_norm += solution.multipliers[i] * (f - solution.intercept);
    }
    const HingeCheck check{.positive = positive,
                           .negative = negative,
                           .values = solution.values,
                           .multipliers = solution.multipliers,
                           .squared_norm = squared_norm};
    EXPECT_LT(check.infeasibility(), 1e-9 * check.primal());
    EXPECT_NEAR(check.primal(), check.dual(), 1e-4 * check.primal()) << c;
    EXPECT_GE(check.primal(), check.dual() - 1e-6 * check.primal());
  }
}
INSTANTIATE_TEST_SUITE_P(Rows, KernelSolverOptimum, testing::Values(300, 4000));

TEST(KernelSolver, AnyStartEndsAtTheSameValues) {
  const PairProblem problem = ClassedRows(random_set(3000, 2, 8)).problem(0, 1);
  KernelProblem from_zero{.rows = problem.rows,
                          .gamma = 0.3,
                          .positive = problem.positive,
                          .negative = problem.negative,
                          .most_steps = kPlenty};
  const KernelSolution expected = solve_kernel(from_zero, {});
  // Everything out of its bounds, and not summing to 0.
  const std::vector<double> start(problem.rows.size(), 1e9);
  KernelProblem from_far = from_zero;
  from_far.start = start;
  const KernelSolution solution = solve_kernel(from_far, {});
  ASSERT_TRUE(solution.converged && expected.converged);
  for (std::size_t i = 0; i < problem.rows.size(); ++i) {
    EXPECT_NEAR(solution.values[i], expected.values[i], 5e-4);
  }
}

TEST(KernelSolver, SaysThatItDidNotConverge) {
  const PairProblem problem = ClassedRows(random_set(400, 2, 9)).problem(0, 1);
  EXPECT_FALSE(solve_kernel({.rows = problem.rows,
                             .gamma = 0.1,
                             .positive = problem.positive,
                             .negative = problem.negative,
                             .most_steps = 5},
                            {})
                   .converged);
}

TEST(KernelSolver, ThreadsChangeNoBitAndAStopIsHonoured) {
  TrainingSet set = random_set(6000, 2, 10);
  Rng rng(1);
  for (double& x : set.rows.numbers) x = rng.uniform();  // no two rows alike
  const PairProblem problem = ClassedRows(set).problem(0, 1);
  const KernelProblem hinges{.rows = problem.rows,
                             .gamma = 0.1,
                             .positive = problem.positive,
                             .negative = problem.negative,
                             .most_steps = kPlenty};
  FitContext context;
  const KernelSolution one = solve_kernel(hinges, context);
  context.threads = 4;
  const KernelSolution four = solve_kernel(hinges, context);
  EXPECT_EQ(one.multipliers, four.multipliers);
  EXPECT_EQ(one.values, four.values);
  std::stop_source source;
  source.request_stop();
  context.stop = source.get_token();
  EXPECT_THROW(solve_kernel(hinges, context), Cancelled);
}

}  // namespace
}  // namespace resml
