#include "resml/learn/linear_svm.hpp"

#include <algorithm>

#include "resml/base/error.hpp"
#include "resml/base/parallel.hpp"
#include "resml/learn/hinge_solver.hpp"
#include "resml/learn/row_products.hpp"

namespace resml {
namespace {

// The border between two classes.
struct Border {
  std::vector<std::uint32_t> columns;  // those that its rows have
  Eigen::VectorXd coefficients;        // of these, then the intercept
  Sigmoid sigmoid;
};

// Drops the indicators that no row has: with many classes, most of them. Numbers stay.
std::vector<std::uint32_t> drop_unused_columns(CompactRows& rows) {
  std::vector<std::uint32_t> place(rows.n_indicators, 0);
  for (const std::uint32_t j : rows.active) place[j] = 1;
  std::vector<std::uint32_t> columns;
  for (std::uint32_t j = 0; j < rows.n_indicators; ++j) {
    if (place[j] == 0) continue;
    place[j] = static_cast<std::uint32_t>(columns.size());
    columns.push_back(j);
  }
  for (std::uint32_t& j : rows.active) j = place[j];
  const auto n_used = static_cast<std::uint32_t>(columns.size());
  for (std::uint32_t k = 0; k < rows.n_numbers; ++k) columns.push_back(rows.n_indicators + k);
  rows.n_indicators = n_used;
  return columns;
}

Border fit_border(PairProblem problem, double c, const FitContext& context) {
  Border border{.columns = drop_unused_columns(problem.rows), .coefficients = {}, .sigmoid = {}};
  std::vector<double> positive = problem.positive;
  std::vector<double> negative = problem.negative;
  for (double& weight : positive) weight *= c;
  for (double& weight : negative) weight *= c;
  border.coefficients = solve_hinge({problem.rows, positive, negative}, context).coefficients;
  std::vector<double> values(problem.rows.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = product(problem.rows, i, border.coefficients);
  }
  border.sigmoid = fit_sigmoid(values, problem.positive, problem.negative);
  return border;
}

}  // namespace

ClassifierPtr LinearSvm::fit(const Options& options, const TrainingSet& set,
                             const FitContext& context) {
  const ClassedRows classed(set);
  const auto pairs = ClassPairs::list(classed.classes().size());
  std::vector<Border> borders(pairs.size());
  // Threads share out the pairs, or the rows of a single one.
  const auto fit_pair = [&](std::size_t p, const FitContext& inner) {
    borders[p] = fit_border(classed.problem(pairs[p].first, pairs[p].second), options.c, inner);
  };
  if (pairs.size() == 1) {
    fit_pair(0, context);
  } else {
    parallel_for(context, kKind, pairs.size(),
                 [&](std::size_t p) { fit_pair(p, context.child(p)); });
  }
  Coefficients coefficients;
  std::vector<Sigmoid> sigmoids;
  coefficients.starts.assign(set.rows.n_columns() + 1, 0);
  for (const Border& border : borders) {
    coefficients.intercept.push_back(border.coefficients[border.coefficients.size() - 1]);
    sigmoids.push_back(border.sigmoid);
    for (const std::uint32_t column : border.columns) ++coefficients.starts[column + 1];
  }
  for (std::size_t j = 1; j < coefficients.starts.size(); ++j) {
    coefficients.starts[j] += coefficients.starts[j - 1];
  }
  coefficients.pair.resize(coefficients.starts.back());
  coefficients.value.resize(coefficients.starts.back());
  std::vector<std::uint64_t> next = coefficients.starts;
  for (std::uint32_t p = 0; p < borders.size(); ++p) {
    for (std::size_t k = 0; k < borders[p].columns.size(); ++k) {
      const std::uint64_t entry = next[borders[p].columns[k]]++;
      coefficients.pair[entry] = p;
      coefficients.value[entry] = borders[p].coefficients[static_cast<Eigen::Index>(k)];
    }
  }
  return ClassifierPtr(new LinearSvm(
      ModelShape::of(set), ClassPairs(set.n_classes, classed.classes(), std::move(sigmoids)),
      std::move(coefficients)));
}

void LinearSvm::add_column(std::size_t column, double scale, double* values) const {
  const std::uint64_t end = coefficients_.starts[column + 1];
  for (std::uint64_t entry = coefficients_.starts[column]; entry < end; ++entry) {
    values[coefficients_.pair[entry]] += scale * coefficients_.value[entry];
  }
}

RowMatrix LinearSvm::decision_values(const CompactRows& rows) const {
  require_same_columns(rows);
  RowMatrix values(static_cast<Eigen::Index>(rows.size()),
                   static_cast<Eigen::Index>(pairs_.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double* row = values.data() + i * pairs_.size();
    std::copy(coefficients_.intercept.begin(), coefficients_.intercept.end(), row);
    for (const std::uint32_t j : rows.active_of(i)) add_column(j, 1, row);
    const auto numbers = rows.numbers_of(i);
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      add_column(rows.n_indicators + k, bounded(numbers[k]), row);
    }
  }
  return values;
}

Classifier::Answers LinearSvm::answer(const CompactRows& rows) const {
  const RowMatrix values = decision_values(rows);
  return {pairs_.probabilities(values), pairs_.decide(values)};
}

RowMatrix LinearSvm::predict_proba(const CompactRows& rows) const {
  return pairs_.probabilities(decision_values(rows));
}

std::vector<std::uint32_t> LinearSvm::decide(const CompactRows& rows, const RowMatrix&) const {
  return pairs_.decide(decision_values(rows));
}

TensorBundle LinearSvm::save() const {
  TensorBundle bundle;
  shape().add_to(bundle);
  pairs_.add_to(bundle);
  bundle.add("intercept", coefficients_.intercept);
  bundle.add("column_start", coefficients_.starts);
  bundle.add("pair", coefficients_.pair);
  bundle.add("coefficient", coefficients_.value);
  return bundle;
}

ClassifierPtr LinearSvm::load(const TensorBundle& bundle) {
  const ModelShape shape = ModelShape::load(bundle);
  ClassPairs pairs = ClassPairs::load(bundle, shape.n_classes);
  Coefficients coefficients{
      .intercept = values_between(bundle, "intercept", pairs.size(), -1e300, 1e300),
      .starts = bundle.values<std::uint64_t>("column_start", shape.n_columns() + 1),
      .pair = bundle.values<std::uint32_t>("pair")};
  const auto& starts = coefficients.starts;
  const std::size_t n_entries = coefficients.pair.size();
  // Up to 1e150, so that values of bounded numbers stay finite.
  coefficients.value = values_between(bundle, "coefficient", n_entries, -1e150, 1e150);
  if (starts.front() != 0 || starts.back() != n_entries ||
      !std::is_sorted(starts.begin(), starts.end())) {
    throw ModelFileError("array \"column_start\": expected ascending numbers from 0 to ",
                         n_entries);
  }
  for (const std::uint32_t pair : coefficients.pair) {
    if (pair < pairs.size()) continue;
    throw ModelFileError("array \"pair\": expected numbers below ", pairs.size(), ", got ", pair);
  }
  return ClassifierPtr(new LinearSvm(shape, std::move(pairs), std::move(coefficients)));
}

}  // namespace resml
