#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>

#include "resml/rows/compact_rows.hpp"

namespace resml {

// Sparse rows as vectors with a 1 appended: w has one entry per column, indicators first, and the
// intercept as the last one.

// Of a penalty beside losses whose weights sum to 1: a smaller one would be lost in rounding, and
// with it what makes the optimum unique. So c times the total weight counts as 10^13 at most.
inline constexpr double kSmallestRidge = 1e-13;

// w.x_i
inline double product(const CompactRows& rows, std::size_t i, const Eigen::VectorXd& w) {
  double sum = w[w.size() - 1];
  for (const std::uint32_t j : rows.active_of(i)) sum += w[j];
  const auto numbers = rows.numbers_of(i);
  const double* of_numbers = w.data() + rows.n_indicators;
  for (std::size_t k = 0; k < numbers.size(); ++k) sum += of_numbers[k] * numbers[k];
  return sum;
}

// sum += scale * x_i
inline void add_row(const CompactRows& rows, std::size_t i, double scale, Eigen::VectorXd& sum) {
  for (const std::uint32_t j : rows.active_of(i)) sum[j] += scale;
  const auto numbers = rows.numbers_of(i);
  double* of_numbers = sum.data() + rows.n_indicators;
  for (std::size_t k = 0; k < numbers.size(); ++k) of_numbers[k] += scale * numbers[k];
  sum[sum.size() - 1] += scale;
}

// sum_i scales_i x_i x_i^T over the rows [begin, end), lower triangle only; scales holds one number
// per row of `rows`.
Eigen::MatrixXd weighted_gram(const CompactRows& rows, std::size_t begin, std::size_t end,
                              std::span<const double> scales);

}  // namespace resml
