#include "resml/learn/gaussian_nb.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "resml/base/error.hpp"

namespace resml {
namespace {

constexpr double kSmallestVariance = 1e-90;
constexpr double kLargestVariance = 1e210;  // of bounded numbers, with room to spare

// Weighted mean and variance of every column, per group of rows. Two passes over the numbers; an
// indicator with mean p has variance p (1 - p).
struct Moments {
  std::vector<double> mean;      // groups x columns
  std::vector<double> variance;  // likewise
};

// `group_of[i]` < n_groups; totals are sums of `weights`, a group of total 0 gets mean 0.
Moments moments_of(const CompactRows& rows, const std::vector<double>& weights,
                   const std::vector<std::uint32_t>& group_of, const std::vector<double>& totals) {
  const std::size_t n_columns = rows.n_columns();
  Moments moments{std::vector<double>(totals.size() * n_columns, 0),
                  std::vector<double>(totals.size() * n_columns, 0)};
  const auto each_row = [&](auto visit) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (weights[i] > 0) visit(i, weights[i] / totals[group_of[i]], group_of[i] * n_columns);
    }
  };
  each_row([&](std::size_t i, double share, std::size_t begin) {
    double* mean = moments.mean.data() + begin;
    // Divided by the total at the end: an indicator that is always on gets a mean of exactly 1, and
    // its variance, next to the floor, is not made of rounding.
    for (const std::uint32_t j : rows.active_of(i)) mean[j] += weights[i];
    const auto numbers = rows.numbers_of(i);
    mean += rows.n_indicators;
    for (std::size_t k = 0; k < numbers.size(); ++k) mean[k] += share * bounded(numbers[k]);
  });
  for (std::size_t g = 0; g < totals.size(); ++g) {
    for (std::size_t j = 0; j < rows.n_indicators; ++j) {
      double& mean = moments.mean[g * n_columns + j];
      mean = totals[g] > 0 ? std::min(mean / totals[g], 1.0) : 0;
      moments.variance[g * n_columns + j] = mean * (1 - mean);
    }
  }
  each_row([&](std::size_t i, double share, std::size_t begin) {
    const auto numbers = rows.numbers_of(i);
    begin += rows.n_indicators;
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      const double deviation = bounded(numbers[k]) - moments.mean[begin + k];
      moments.variance[begin + k] += share * deviation * deviation;
    }
  });
  return moments;
}

// The largest variance of a column over all incidents, as scikit-learn takes it: by counts.
double largest_variance(const TrainingSet& set) {
  std::vector<double> counts = set.counts;
  double total = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (set.weights[i] == 0) counts[i] = 0;
    total += counts[i];
  }
  const Moments all =
      moments_of(set.rows, counts, std::vector<std::uint32_t>(counts.size(), 0), {total});
  return all.variance.empty() ? 0 : *std::max_element(all.variance.begin(), all.variance.end());
}

}  // namespace

GaussianNB::GaussianNB(const ModelShape& shape, Learned learned)
    : Classifier(shape), learned_(std::move(learned)), base_(log_shares(learned_.class_weight)) {
  prepare_indicators();
  for (std::size_t c = 0; c < n_classes(); ++c) {
    for (std::size_t k = 0; k < shape.n_numbers; ++k) {
      const double variance = learned_.number_variance[c * shape.n_numbers + k];
      base_[c] -= 0.5 * std::log(2 * std::numbers::pi * variance);
    }
  }
}

void GaussianNB::prepare_indicators() {
  const std::size_t n_indicators = shape().n_indicators;
  cost_on_.assign(n_indicators * n_classes(), 0);
  for (std::uint32_t c = 0; c < n_classes(); ++c) {
    for (std::uint32_t j = 0; j < n_indicators; ++j) {
      const double mean = learned_.mean[c * n_columns() + j];
      const double variance = mean * (1 - mean) + learned_.floor;
      const double distance = std::min(mean, 1 - mean);
      base_[c] -=
          0.5 * std::log(2 * std::numbers::pi * variance) + 0.5 * distance * distance / variance;
      const double cost = std::abs(0.5 - mean) / variance;
      if (mean > 0.5) {
        expected_.push_back({j, c, cost});
      } else {
        cost_on_[j * n_classes() + c] = cost;
      }
    }
  }
}

ClassifierPtr GaussianNB::fit(const Options& options, const TrainingSet& set, const FitContext&) {
  const ModelShape shape = ModelShape::of(set);
  Learned learned{.class_weight = class_totals(set)};
  Moments moments = moments_of(set.rows, set.weights, set.labels, learned.class_weight);
  learned.mean = std::move(moments.mean);
  // Where every column is constant nothing distinguishes the classes: any variance does.
  const double largest = largest_variance(set);
  learned.floor = largest > 0 ? std::max(options.var_smoothing * largest, kSmallestVariance) : 1;
  for (std::size_t c = 0; c < shape.n_classes; ++c) {
    for (std::size_t j = shape.n_indicators; j < shape.n_columns(); ++j) {
      const double variance = moments.variance[c * shape.n_columns() + j];
      learned.number_variance.push_back(variance + learned.floor);
    }
  }
  return ClassifierPtr(new GaussianNB(shape, std::move(learned)));
}

void GaussianNB::add_indicators(const CompactRows& rows, RowMatrix& joint) const {
  std::vector<char> is_on(rows.n_indicators, 0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double* sums = joint.row(static_cast<Eigen::Index>(i)).data();
    for (const std::uint32_t j : rows.active_of(i)) {
      is_on[j] = 1;
      const double* costs = cost_on_.data() + j * n_classes();
      for (std::size_t c = 0; c < n_classes(); ++c) sums[c] -= costs[c];
    }
    for (const Expected& expected : expected_) {
      if (is_on[expected.indicator] == 0) sums[expected.of_class] -= expected.cost;
    }
    for (const std::uint32_t j : rows.active_of(i)) is_on[j] = 0;
  }
}

void GaussianNB::add_numbers(const CompactRows& rows, RowMatrix& joint) const {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double* sums = joint.row(static_cast<Eigen::Index>(i)).data();
    const auto numbers = rows.numbers_of(i);
    for (std::size_t c = 0; c < n_classes(); ++c) {
      const double* mean = learned_.mean.data() + c * n_columns() + rows.n_indicators;
      const double* variance = learned_.number_variance.data() + c * numbers.size();
      for (std::size_t k = 0; k < numbers.size(); ++k) {
        const double deviation = bounded(numbers[k]) - mean[k];
        sums[c] -= 0.5 * deviation * deviation / variance[k];
      }
    }
  }
}

RowMatrix GaussianNB::joint_log_likelihood(const CompactRows& rows) const {
  require_same_columns(rows);
  RowMatrix joint = make_answers(rows);
  joint.rowwise() = Eigen::Map<const Eigen::RowVectorXd>(base_.data(), joint.cols());
  add_indicators(rows, joint);
  add_numbers(rows, joint);
  return joint;
}

RowMatrix GaussianNB::predict_proba(const CompactRows& rows) const {
  RowMatrix proba = joint_log_likelihood(rows);
  normalize_log_proba(proba);
  return proba;
}

TensorBundle GaussianNB::save() const {
  TensorBundle bundle;
  shape().add_to(bundle);
  bundle.add("class_weight", learned_.class_weight);
  bundle.add("mean", learned_.mean, {n_classes(), n_columns()});
  bundle.add("number_variance", learned_.number_variance, {n_classes(), shape().n_numbers});
  bundle.add("variance_floor", std::vector<double>{learned_.floor});
  return bundle;
}

ClassifierPtr GaussianNB::load(const TensorBundle& bundle) {
  const ModelShape shape = ModelShape::load(bundle);
  const std::size_t n_variances = std::size_t{shape.n_classes} * shape.n_numbers;
  Learned learned{
      .class_weight = load_class_weight(bundle, shape.n_classes),
      .mean = values_between(bundle, "mean", shape.table_size(), -kLargestNumber, kLargestNumber),
      .number_variance = values_between(bundle, "number_variance", n_variances, kSmallestVariance,
                                        kLargestVariance),
      .floor = values_between(bundle, "variance_floor", 1, kSmallestVariance, kLargestVariance)[0]};
  for (std::size_t c = 0; c < shape.n_classes; ++c) {
    for (std::size_t j = 0; j < shape.n_indicators; ++j) {
      const double mean = learned.mean[c * shape.n_columns() + j];
      if (!(mean >= 0 && mean <= 1)) {
        throw ModelFileError("array \"mean\": expected a share for indicator ", j, ", got ", mean);
      }
    }
  }
  return ClassifierPtr(new GaussianNB(shape, std::move(learned)));
}

}  // namespace resml
