#include "resml/learn/classifier.hpp"

#include <cmath>
#include <limits>
#include <span>

#include "resml/base/error.hpp"

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

Classifier::Answers Classifier::answer(const CompactRows& rows) const {
  Answers answers{predict_proba(rows), {}};
  answers.decisions = decide(rows, answers.proba);
  return answers;
}

void Classifier::require_same_columns(const CompactRows& rows) const {
  if (rows.n_indicators == shape_.n_indicators && rows.n_numbers == shape_.n_numbers) return;
  throw InputError(kind(), ": expected rows of ", shape_.n_indicators, " indicators and ",
                   shape_.n_numbers, " numbers, got ", rows.n_indicators, " and ", rows.n_numbers);
}

RowMatrix Classifier::make_answers(const CompactRows& rows) const {
  return RowMatrix(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(n_classes()));
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

std::vector<double> log_shares(std::vector<double> totals) {
  double sum = 0;
  for (const double total : totals) sum += total;
  for (double& total : totals) {
    total = total > 0 ? std::log(total / sum) : -std::numeric_limits<double>::infinity();
  }
  return totals;
}

}  // namespace resml
