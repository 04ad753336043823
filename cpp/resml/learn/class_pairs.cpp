// Votes as in LIBSVM (Chang, Lin, "LIBSVM: a library for support vector machines", ACM TIST 2,
// 2011, section 7). Probabilities: a sigmoid per pair (Platt 1999, in the form of Lin, Lin, Weng,
// "A note on Platt's probabilistic outputs for support vector machines", Machine Learning 68,
// 2007), coupled by the closed formula of Price, Knerr, Personnaz, Dreyfus ("Pairwise neural
// network classifiers with probabilistic outputs", NIPS 1994), whose cost allows hundreds of
// classes.
#include "resml/learn/class_pairs.hpp"

#include <algorithm>
#include <cmath>

#include "resml/learn/logistic.hpp"
#include "resml/learn/merged_rows.hpp"
#include "resml/learn/model_shape.hpp"

namespace resml {
namespace {

constexpr int kMaxSigmoidSteps = 100;
constexpr double kLargestSlope = 1e6;
// Values beyond are as certain as this one.
constexpr double kCertain = 1000;

double certain(double value) { return std::clamp(value, -kCertain, kCertain); }

// Weighted log-loss of a sigmoid against smoothed targets, relative to the weight of all rows.
class SigmoidLoss {
 public:
  SigmoidLoss(std::span<const double> values, std::span<const double> positive,
              std::span<const double> negative)
      : values_(values), positive_(positive), negative_(negative) {
    double sum_positive = 0;
    double sum_negative = 0;
    for (const double weight : positive) sum_positive += weight;
    for (const double weight : negative) sum_negative += weight;
    total_ = sum_positive + sum_negative;
    high_ = (sum_positive + 1) / (sum_positive + 2);
    low_ = 1 / (sum_negative + 2);
    start_ = {0, std::log((sum_positive + 1) / (sum_negative + 1))};
  }

  Sigmoid start() const { return start_; }

  double at(const Sigmoid& sigmoid) const {
    double loss = 0;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const double z = sigmoid.slope * certain(values_[i]) + sigmoid.offset;
      const double weight = (positive_[i] + negative_[i]) / total_;
      loss += weight * log_one_plus_exp(z) - target(i) * z;
    }
    return loss;
  }

  // The Newton step; `decrease` becomes what it promises.
  Sigmoid step(const Sigmoid& sigmoid, double& decrease) const {
    double g1 = 0;
    double g2 = 0;
    double h11 = 1e-12;
    double h12 = 0;
    double h22 = 1e-12;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const double value = certain(values_[i]);
      const double weight = (positive_[i] + negative_[i]) / total_;
      const double p = logistic(sigmoid.slope * value + sigmoid.offset);
      const double rest = weight * p - target(i);
      const double curvature = weight * p * (1 - p);
      g1 += rest * value;
      g2 += rest;
      h11 += curvature * value * value;
      h12 += curvature * value;
      h22 += curvature;
    }
    const double determinant = h11 * h22 - h12 * h12;  // > 0: the 1e-12 on the diagonal
    const Sigmoid step{(h12 * g2 - h22 * g1) / determinant, (h12 * g1 - h11 * g2) / determinant};
    decrease = -(g1 * step.slope + g2 * step.offset);
    return step;
  }

 private:
  double target(std::size_t i) const {
    return (positive_[i] * high_ + negative_[i] * low_) / total_;
  }

  std::span<const double> values_;
  std::span<const double> positive_;
  std::span<const double> negative_;
  double total_ = 1;
  double high_ = 1;  // what a positive row counts as: short of 1, so that the slope stays finite
  double low_ = 0;
  Sigmoid start_;
};

}  // namespace

ClassedRows::ClassedRows(const TrainingSet& set) : weights_(set.n_classes) {
  MergedRows merged = merge_equal_rows(set);
  rows_ = std::move(merged.rows);
  for (std::size_t i = 0; i < set.size(); ++i) {
    const std::uint32_t row = merged.place_of[i];
    if (row != MergedRows::kLeftOut) weights_[set.labels[i]].emplace_back(row, set.weights[i]);
  }
  for (std::uint32_t c = 0; c < set.n_classes; ++c) {
    auto& weights = weights_[c];
    if (weights.empty()) continue;
    classes_.push_back(c);
    std::ranges::stable_sort(weights, {}, [](const auto& entry) { return entry.first; });
    std::size_t kept = 0;
    for (std::size_t i = 1; i < weights.size(); ++i) {
      if (weights[i].first == weights[kept].first) {
        weights[kept].second += weights[i].second;
      } else {
        weights[++kept] = weights[i];
      }
    }
    weights.resize(kept + 1);
  }
}

PairProblem ClassedRows::problem(std::size_t first, std::size_t second) const {
  const auto& positive = weights_[classes_[first]];
  const auto& negative = weights_[classes_[second]];
  PairProblem problem;
  auto p = positive.begin();
  auto n = negative.begin();
  while (p != positive.end() || n != negative.end()) {
    const bool has_positive = p != positive.end() && (n == negative.end() || p->first <= n->first);
    const bool has_negative = n != negative.end() && (p == positive.end() || n->first <= p->first);
    const std::uint32_t row = has_positive ? p->first : n->first;
    problem.row_of.push_back(row);
    problem.positive.push_back(has_positive ? (p++)->second : 0);
    problem.negative.push_back(has_negative ? (n++)->second : 0);
  }
  problem.rows = select_rows(rows_, problem.row_of);
  return problem;
}

double Sigmoid::operator()(double value) const { return logistic(slope * certain(value) + offset); }

Sigmoid fit_sigmoid(std::span<const double> values, std::span<const double> positive,
                    std::span<const double> negative) {
  const SigmoidLoss loss(values, positive, negative);
  Sigmoid best = loss.start();
  double lowest = loss.at(best);
  for (int i = 0; i < kMaxSigmoidSteps; ++i) {
    double decrease = 0;
    Sigmoid step = loss.step(best, decrease);
    if (!(decrease > 1e-13)) break;
    Sigmoid next{best.slope + step.slope, best.offset + step.offset};
    for (int halvings = 0; !(loss.at(next) < lowest) && halvings < 40; ++halvings) {
      step = {step.slope / 2, step.offset / 2};
      next = {best.slope + step.slope, best.offset + step.offset};
    }
    const double reached = loss.at(next);
    if (!(reached < lowest)) break;
    best = next;
    lowest = reached;
  }
  // Noise must not turn the order of the values around.
  return {std::clamp(best.slope, 0.0, kLargestSlope),
          std::clamp(best.offset, -kLargestSlope, kLargestSlope)};
}

std::vector<std::pair<std::size_t, std::size_t>> ClassPairs::list(std::size_t n_classes) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t a = 0; a < n_classes; ++a) {
    for (std::size_t b = a + 1; b < n_classes; ++b) pairs.emplace_back(a, b);
  }
  return pairs;
}

std::vector<std::uint32_t> ClassPairs::decide(const RowMatrix& values) const {
  std::vector<std::uint32_t> decisions;
  std::vector<std::uint32_t> votes;
  for (Eigen::Index i = 0; i < values.rows(); ++i) {
    votes.assign(classes_.size(), 0);
    Eigen::Index pair = 0;
    for (std::size_t a = 0; a < classes_.size(); ++a) {
      for (std::size_t b = a + 1; b < classes_.size(); ++b) ++votes[values(i, pair++) > 0 ? a : b];
    }
    decisions.push_back(classes_[static_cast<std::size_t>(
        std::max_element(votes.begin(), votes.end()) - votes.begin())]);
  }
  return decisions;
}

RowMatrix ClassPairs::probabilities(const RowMatrix& values) const {
  RowMatrix proba = RowMatrix::Zero(values.rows(), n_classes_);
  std::vector<double> inverse_sums;  // per class, of 1 / P(class rather than the other)
  for (Eigen::Index i = 0; i < values.rows(); ++i) {
    inverse_sums.assign(classes_.size(), 2 - static_cast<double>(classes_.size()));
    std::size_t pair = 0;
    for (std::size_t a = 0; a < classes_.size(); ++a) {
      for (std::size_t b = a + 1; b < classes_.size(); ++b, ++pair) {
        // No pair is surer than this, as in LIBSVM: some class must stay possible.
        const double p =
            std::clamp(sigmoids_[pair](values(i, static_cast<Eigen::Index>(pair))), 1e-7, 1 - 1e-7);
        inverse_sums[a] += 1 / p;
        inverse_sums[b] += 1 / (1 - p);
      }
    }
    double sum = 0;
    for (const double inverse : inverse_sums) sum += 1 / inverse;  // each is at least 1
    for (std::size_t c = 0; c < classes_.size(); ++c) {
      proba(i, classes_[c]) = 1 / inverse_sums[c] / sum;
    }
  }
  return proba;
}

void ClassPairs::add_to(TensorBundle& bundle) const {
  std::vector<double> slopes;
  std::vector<double> offsets;
  for (const Sigmoid& sigmoid : sigmoids_) {
    slopes.push_back(sigmoid.slope);
    offsets.push_back(sigmoid.offset);
  }
  bundle.add("classes", classes_);
  bundle.add("sigmoid_slope", std::move(slopes));
  bundle.add("sigmoid_offset", std::move(offsets));
}

ClassPairs ClassPairs::load(const TensorBundle& bundle, std::uint32_t n_classes) {
  const auto& classes = load_classes(bundle, n_classes);
  const std::size_t n_pairs = count(classes.size());
  const auto& slopes = values_between(bundle, "sigmoid_slope", n_pairs, 0, kLargestSlope);
  const auto& offsets =
      values_between(bundle, "sigmoid_offset", n_pairs, -kLargestSlope, kLargestSlope);
  std::vector<Sigmoid> sigmoids;
  for (std::size_t p = 0; p < n_pairs; ++p) sigmoids.push_back({slopes[p], offsets[p]});
  return {n_classes, classes, std::move(sigmoids)};
}

}  // namespace resml
