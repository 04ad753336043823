#include "resml/learn/logistic_regression.hpp"

#include <algorithm>
#include <limits>

#include "resml/base/parallel.hpp"
#include "resml/base/text.hpp"
#include "resml/learn/logistic.hpp"
#include "resml/learn/logistic_solver.hpp"

namespace resml {
namespace {

// Sum of weight_i * x_i over the rows of each class; the last entry is the sum of weights.
std::vector<Eigen::VectorXd> class_sums(const TrainingSet& set) {
  const auto size = static_cast<Eigen::Index>(set.rows.n_columns()) + 1;
  std::vector<Eigen::VectorXd> sums(set.n_classes, Eigen::VectorXd::Zero(size));
  for (std::size_t i = 0; i < set.size(); ++i) {
    double* sum = sums[set.labels[i]].data();
    const double weight = set.weights[i];
    for (const std::uint32_t j : set.rows.active_of(i)) sum[j] += weight;
    const auto numbers = set.rows.numbers_of(i);
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      sum[set.rows.n_indicators + k] += weight * bounded(numbers[k]);
    }
    sum[size - 1] += weight;
  }
  return sums;
}

void warn_of_unsettled(const std::vector<std::uint8_t>& ran_out, std::uint64_t max_iter,
                       const FitContext& context) {
  const auto unsettled = std::ranges::count(ran_out, 1);
  if (unsettled == 0) return;
  context.warn(concat(LogisticRegression::kKind, ": max_iter = ", max_iter, " was not enough for ",
                      unsettled, " of ", ran_out.size(), " values; raise it or lower c"));
}

}  // namespace

ClassifierPtr LogisticRegression::fit(const Options& options, const TrainingSet& set,
                                      const FitContext& context) {
  std::vector<std::uint32_t> classes = classes_with_weight(set);
  const std::size_t n_problems = problems_for(classes.size());
  const MergedRows data = merge_equal_rows(set);
  const std::vector<Eigen::VectorXd> sums = class_sums(set);
  RowMatrix coefficients(static_cast<Eigen::Index>(set.rows.n_columns()) + 1,
                         static_cast<Eigen::Index>(n_problems));
  std::vector<std::uint8_t> ran_out(n_problems, 0);
  parallel_for(context, kKind, n_problems, [&](std::size_t i) {
    const LogisticProblem problem{.data = data,
                                  .positive_sum = sums[n_problems == 1 ? classes[1] : classes[i]],
                                  .c = options.c,
                                  .max_iter = options.max_iter};
    const LogisticSolution solution = solve_logistic(problem, context);
    coefficients.col(static_cast<Eigen::Index>(i)) = solution.coefficients;
    ran_out[i] = solution.ran_out ? 1 : 0;
  });
  warn_of_unsettled(ran_out, options.max_iter, context);
  return ClassifierPtr(
      new LogisticRegression(ModelShape::of(set), std::move(classes), std::move(coefficients)));
}

RowMatrix LogisticRegression::predict_proba(const CompactRows& rows) const {
  require_same_columns(rows);
  RowMatrix log_proba = make_answers(rows);
  log_proba.setConstant(-std::numeric_limits<double>::infinity());
  Eigen::RowVectorXd margins;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    margins = coefficients_.bottomRows(1);
    for (const std::uint32_t j : rows.active_of(i)) margins += coefficients_.row(j);
    const auto numbers = rows.numbers_of(i);
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      const auto column = static_cast<Eigen::Index>(rows.n_indicators + k);
      margins += bounded(numbers[k]) * coefficients_.row(column);
    }
    auto row = log_proba.row(static_cast<Eigen::Index>(i));
    if (classes_.size() <= 2) {
      const double margin = classes_.size() == 2 ? margins[0] : 0;
      row[classes_.front()] = -log_one_plus_exp(margin);
      row[classes_.back()] = -log_one_plus_exp(-margin);
      continue;
    }
    for (std::size_t c = 0; c < classes_.size(); ++c) {
      row[classes_[c]] = -log_one_plus_exp(-margins[static_cast<Eigen::Index>(c)]);
    }
  }
  normalize_log_proba(log_proba);
  return log_proba;
}

TensorBundle LogisticRegression::save() const {
  TensorBundle bundle;
  shape().add_to(bundle);
  bundle.add("classes", classes_);
  bundle.add("coefficients",
             std::vector<double>(coefficients_.data(), coefficients_.data() + coefficients_.size()),
             {n_columns() + 1, problems_for(classes_.size())});
  return bundle;
}

ClassifierPtr LogisticRegression::load(const TensorBundle& bundle) {
  const ModelShape shape = ModelShape::load(bundle);
  const auto& classes = load_classes(bundle, shape.n_classes);
  const std::size_t n_problems = problems_for(classes.size());
  // Up to 1e150, so that margins of bounded numbers stay finite.
  const auto& values =
      values_between(bundle, "coefficients", (shape.n_columns() + 1) * n_problems, -1e150, 1e150);
  RowMatrix coefficients =
      Eigen::Map<const RowMatrix>(values.data(), static_cast<Eigen::Index>(shape.n_columns() + 1),
                                  static_cast<Eigen::Index>(n_problems));
  return ClassifierPtr(new LogisticRegression(shape, classes, std::move(coefficients)));
}

}  // namespace resml
