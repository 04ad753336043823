#pragma once

#include <Eigen/Core>
#include <cstdint>

#include "resml/base/fit_context.hpp"
#include "resml/learn/merged_rows.hpp"

namespace resml {

// How the linear system of a Newton step is solved.
enum class NewtonSystem {
  Fastest,             // whichever of the two costs less on these rows
  Factorised,          // by Cholesky's method
  ConjugateGradients,  // without the matrix
};

// One binary problem: minimise over w, whose last entry is the intercept,
//   1/2 |w|^2 + c * sum_i (weight_i * log(1 + exp(w.x_i))) - c * w.positive_sum.
struct LogisticProblem {
  const MergedRows& data;
  const Eigen::VectorXd& positive_sum;  // weight_i * x_i summed over the rows of the positive class
  double c;
  std::uint64_t max_iter;
  NewtonSystem system = NewtonSystem::Fastest;
};

struct LogisticSolution {
  Eigen::VectorXd coefficients;
  bool converged = false;  // |coefficients - optimum| is below about 1e-7
  bool ran_out = false;    // of max_iter, before that
};

LogisticSolution solve_logistic(const LogisticProblem& problem, const FitContext& context);

}  // namespace resml
