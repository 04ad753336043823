#include "resml/learn/gaussian_nb.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "resml/base/error.hpp"

namespace resml {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

// Weighted mean and variance of every column, per class or (n_classes = 1) over all rows. Two
// passes over the numbers; an indicator with mean p has variance p (1 - p).
struct Moments {
  std::vector<double> mean;
  std::vector<double> variance;
};

Moments moments_of(const TrainingSet& set, std::size_t n_classes) {
  const CompactRows& rows = set.rows;
  const std::size_t n_columns = rows.n_columns();
  const std::uint32_t n_indicators = rows.n_indicators;
  const auto group_of = [&](std::size_t i) { return n_classes == 1 ? 0 : set.labels[i]; };
  std::vector<double> totals(n_classes, 0);
  Moments moments{std::vector<double>(n_classes * n_columns, 0),
                  std::vector<double>(n_classes * n_columns, 0)};
  for (std::size_t i = 0; i < set.size(); ++i) {
    const double weight = set.weights[i];
    double* mean = moments.mean.data() + group_of(i) * n_columns;
    totals[group_of(i)] += weight;
    for (const std::uint32_t j : rows.active_of(i)) mean[j] += weight;
    const auto numbers = rows.numbers_of(i);
    for (std::size_t k = 0; k < numbers.size(); ++k) mean[n_indicators + k] += weight * numbers[k];
  }
  for (std::size_t c = 0; c < n_classes; ++c) {
    for (std::size_t j = 0; j < n_columns; ++j) {
      double& mean = moments.mean[c * n_columns + j];
      if (totals[c] > 0) mean /= totals[c];
      if (j < n_indicators) moments.variance[c * n_columns + j] = mean * (1 - mean);
    }
  }
  for (std::size_t i = 0; i < set.size(); ++i) {
    const auto numbers = rows.numbers_of(i);
    const std::size_t begin = group_of(i) * n_columns + n_indicators;
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      const double deviation = numbers[k] - moments.mean[begin + k];
      moments.variance[begin + k] += set.weights[i] * deviation * deviation;
    }
  }
  for (std::size_t c = 0; c < n_classes; ++c) {
    for (std::size_t j = n_indicators; j < n_columns; ++j) {
      if (totals[c] > 0) moments.variance[c * n_columns + j] /= totals[c];
    }
  }
  return moments;
}

}  // namespace

GaussianNB::GaussianNB(std::vector<double> log_prior, std::vector<double> mean,
                       std::vector<double> variance)
    : log_prior_(std::move(log_prior)),
      mean_(std::move(mean)),
      variance_(std::move(variance)),
      n_columns_(mean_.size() / log_prior_.size()) {}

ClassifierPtr GaussianNB::fit(const Options& options, const TrainingSet& set, const FitContext&) {
  Moments moments = moments_of(set, set.n_classes);
  const Moments overall = moments_of(set, 1);
  const double largest = overall.variance.empty()
                             ? 0
                             : *std::max_element(overall.variance.begin(), overall.variance.end());
  // Where every column is constant nothing distinguishes the classes: any floor does.
  const double floor = std::max(options.var_smoothing * largest, 1e-300);
  for (double& variance : moments.variance) variance += floor;
  const std::vector<double> totals = class_totals(set);
  double total = 0;
  for (const double weight : totals) total += weight;
  std::vector<double> log_prior;
  for (const double weight : totals) {
    log_prior.push_back(weight > 0 ? std::log(weight / total) : kNever);
  }
  return ClassifierPtr(
      new GaussianNB(std::move(log_prior), std::move(moments.mean), std::move(moments.variance)));
}

RowMatrix GaussianNB::joint_log_likelihood(const CompactRows& rows) const {
  const std::size_t n_indicators = rows.n_indicators;
  const auto term = [&](std::size_t c, std::size_t j, double x) {
    const double deviation = x - mean_[c * n_columns_ + j];
    return -0.5 * deviation * deviation / variance_[c * n_columns_ + j];
  };
  // What a row without any active indicator gets, and what each active one adds to it.
  std::vector<double> base(log_prior_);
  std::vector<double> delta(n_classes() * n_indicators);
  for (std::size_t c = 0; c < n_classes(); ++c) {
    for (std::size_t j = 0; j < n_columns_; ++j) {
      base[c] -= 0.5 * std::log(2 * std::numbers::pi * variance_[c * n_columns_ + j]);
      if (j >= n_indicators) continue;
      base[c] += term(c, j, 0);
      delta[c * n_indicators + j] = term(c, j, 1) - term(c, j, 0);
    }
  }
  RowMatrix joint(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(n_classes()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto numbers = rows.numbers_of(i);
    for (std::size_t c = 0; c < n_classes(); ++c) {
      double sum = base[c];
      for (const std::uint32_t j : rows.active_of(i)) sum += delta[c * n_indicators + j];
      for (std::size_t k = 0; k < numbers.size(); ++k) sum += term(c, n_indicators + k, numbers[k]);
      // Numbers so far away that their square overflows leave all classes equally unlikely.
      if (log_prior_[c] != kNever) sum = std::max(sum, -1e300);
      joint(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(c)) = sum;
    }
  }
  return joint;
}

RowMatrix GaussianNB::predict_proba(const CompactRows& rows) const {
  RowMatrix proba = joint_log_likelihood(rows);
  normalize_log_proba(proba);
  return proba;
}

TensorBundle GaussianNB::save() const {
  TensorBundle bundle;
  bundle.add("log_prior", log_prior_);
  bundle.add("mean", mean_, {n_classes(), n_columns_});
  bundle.add("variance", variance_, {n_classes(), n_columns_});
  return bundle;
}

ClassifierPtr GaussianNB::load(const TensorBundle& bundle) {
  const auto& log_prior = bundle.values<double>("log_prior");
  const auto& mean = bundle.values<double>("mean");
  if (log_prior.empty() || mean.size() % log_prior.size() != 0) {
    throw ModelFileError("array \"mean\": expected a row per class");
  }
  const auto& variance = bundle.values<double>("variance", mean.size());
  for (const double value : variance) {
    if (!(value > 0)) throw ModelFileError("array \"variance\": expected numbers above 0");
  }
  return ClassifierPtr(new GaussianNB(log_prior, mean, variance));
}

}  // namespace resml
