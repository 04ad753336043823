#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/rows/compact_rows.hpp"

namespace resml {

// As a HingeProblem, with f_i = sum_k multiplier_k kernel(k, i) + intercept: minimise
//   1/2 |f|_K^2 + sum_i (positive_i * max(0, 1 - f_i) + negative_i * max(0, 1 + f_i)).
struct KernelProblem {
  const CompactRows& rows;
  double gamma;
  std::span<const double> positive;  // per row, >= 0
  std::span<const double> negative;
  // Where to begin; moved into the bounds first. Empty: at 0.
  std::span<const double> start = {};
  std::uint64_t most_steps;  // of two multipliers; a row needs a few
};

struct KernelSolution {
  std::vector<double> multipliers;  // per row, from -negative_i to positive_i; they sum to 0
  std::vector<double> values;       // f_i
  double intercept = 0;
  bool converged = false;
};

// Memory: some 20 MB, and a few numbers per row. Uses context.threads; the result does not depend
// on how many.
KernelSolution solve_kernel(const KernelProblem& problem, const FitContext& context);

}  // namespace resml
