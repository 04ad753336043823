#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/rows/compact_rows.hpp"

namespace resml {

// One binary problem: minimise over w and the intercept, which is the last entry of the solution
// and not penalised,
//   1/2 |w|^2 + sum_i (positive_i * max(0, 1 - f_i) + negative_i * max(0, 1 + f_i)),
// f_i = w.x_i + intercept. Both sides have a positive sum.
struct HingeProblem {
  const CompactRows& rows;
  std::span<const double> positive;  // per row, >= 0
  std::span<const double> negative;
};

struct HingeSolution {
  Eigen::VectorXd coefficients;
  // Per row, the dual solution: coefficients = sum_i multiplier_i x_i up to rounding; the part for
  // the positive label minus the part for the negative one.
  std::vector<double> multipliers;
};

// Until the objective is within 1e-10 of its minimum, relatively, or no step brings it nearer, 100
// steps at most. Costs per step: active entries squared per row, and columns cubed. Uses
// context.threads; the result does not depend on how many.
HingeSolution solve_hinge(const HingeProblem& problem, const FitContext& context);

// The intercept that is best for the values w.x_i; where an interval of them is, its middle, as
// LIBSVM takes it. `values` must not be empty.
double best_intercept(std::span<const double> values, std::span<const double> positive,
                      std::span<const double> negative);

}  // namespace resml
