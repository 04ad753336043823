#include "resml/learn/classifier.hpp"

#include <cmath>
#include <span>

namespace resml {

std::vector<std::uint32_t> Classifier::decide(const CompactRows& rows,
                                              const RowMatrix& proba) const {
  std::vector<std::uint32_t> decisions(rows.size());
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    Eigen::Index best = 0;
    proba.row(static_cast<Eigen::Index>(i)).maxCoeff(&best);
    decisions[i] = static_cast<std::uint32_t>(best);
  }
  return decisions;
}

void normalize_log_proba(RowMatrix& log_proba) {
  for (Eigen::Index i = 0; i < log_proba.rows(); ++i) {
    auto row = log_proba.row(i);
    // Subtracting the maximum before exp keeps far-away rows from turning into 0/0.
    const double largest = row.maxCoeff();
    double sum = 0;  // ends >= 1: the largest entry is exp(0)
    // Number by number: Eigen's exp and sum over several at once give other last bits, depending on
    // where in memory the row stands, and so an incident alone would differ from one among others.
    for (double& value : std::span(row.data(), static_cast<std::size_t>(row.size()))) {
      value = std::exp(value - largest);
      sum += value;
    }
    row /= sum;
  }
}

}  // namespace resml
