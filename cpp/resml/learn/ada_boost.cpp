#include "resml/learn/ada_boost.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "resml/learn/predict_in_parts.hpp"
#include "resml/learn/registry.hpp"
#include "resml/rows/bootstrap.hpp"

namespace resml {
namespace {

// A probability of 0 counts as this: one member alone must not rule a class out.
constexpr double kSmallestProbability = std::numeric_limits<double>::epsilon();
// Errors closer than this to that of guessing are no better.
constexpr double kSameError = 1e-9;
// A member that needs a smaller step says nothing.
constexpr double kSmallestStep = 0x1p-10;

using Classes = std::vector<std::uint32_t>;

double log_of(double probability) { return std::log(std::max(probability, kSmallestProbability)); }

// Share of the weight for which the likeliest class is not the label.
double error_of(const RowMatrix& proba, const TrainingSet& set) {
  double wrong = 0;
  double total = 0;
  for (std::size_t i = 0; i < set.size(); ++i) {
    Eigen::Index likeliest = 0;
    proba.row(static_cast<Eigen::Index>(i)).maxCoeff(&likeliest);
    total += set.weights[i];
    if (likeliest != static_cast<Eigen::Index>(set.labels[i])) wrong += set.weights[i];
  }
  return wrong / total;  // total > 0: BoostedWeights keeps the sum
}

// What a full step adds to the logarithm of each row's weight: 1 / K times the product of vote and
// label in the paper's coding.
std::vector<double> boosts_of(const RowMatrix& proba, const TrainingSet& set,
                              const Classes& classes) {
  std::vector<double> boosts(set.size());
  for (std::size_t i = 0; i < boosts.size(); ++i) {
    const auto row = proba.row(static_cast<Eigen::Index>(i));
    double sum = 0;
    for (const std::uint32_t c : classes) sum += log_of(row[c]);
    boosts[i] = sum / static_cast<double>(classes.size()) - log_of(row[set.labels[i]]);
  }
  return boosts;
}

// The weights of the rows from round to round. They keep their sum, so that to the learner the
// incidents of every round are as many as there are.
class BoostedWeights {
 public:
  explicit BoostedWeights(const std::vector<double>& first)
      : first_(first), total_(std::accumulate(first.begin(), first.end(), 0.0)) {
    logarithms_.assign(first.size(), 0);
  }

  // Adds `rate` times these boosts.
  std::vector<double> boosted(const std::vector<double>& boosts, double rate) {
    for (std::size_t i = 0; i < boosts.size(); ++i) logarithms_[i] += rate * boosts[i];
    const double largest = *std::max_element(logarithms_.begin(), logarithms_.end());
    std::vector<double> weights(first_.size());
    double sum = 0;  // ends > 0: the row of the largest boost keeps its weight
    for (std::size_t i = 0; i < weights.size(); ++i) {
      weights[i] = first_[i] * std::exp(logarithms_[i] - largest);
      sum += weights[i];
    }
    for (double& weight : weights) weight *= total_ / sum;
    return weights;
  }

 private:
  const std::vector<double> first_;
  const double total_;
  std::vector<double> logarithms_;  // of what a weight is multiplied with
};

// Whether a step of this rate makes the exponential loss smaller.
bool lowers_loss(const std::vector<double>& weights, const std::vector<double>& boosts,
                 double rate) {
  double before = 0;
  double after = 0;
  for (std::size_t i = 0; i < boosts.size(); ++i) {
    before += weights[i];
    after += weights[i] * std::exp(rate * boosts[i]);
  }
  return after < before;
}

// 1, or as often halved as needed to lower the loss; 0 where that does not help.
double useful_step(const std::vector<double>& weights, const std::vector<double>& boosts,
                   double learning_rate) {
  for (double step = 1; step >= kSmallestStep; step /= 2) {
    if (lowers_loss(weights, boosts, learning_rate * step)) return step;
  }
  return 0;
}

}  // namespace

ClassifierPtr AdaBoost::fit(const Options& options, const ClassifierSpec& base,
                            const TrainingSet& given, const FitContext& context) {
  TrainingSet set = merge_equal_pairs(given);
  std::vector<double> class_weight = class_totals(set);
  const Classes classes = classes_with_weight(class_weight);
  const double chance = 1 - 1 / static_cast<double>(classes.size()) - kSameError;
  BoostedWeights weights(set.weights);
  std::vector<double> steps;
  Members members;
  MemberWarnings warnings(options.n_rounds);
  for (std::size_t round = 0; round < options.n_rounds; ++round) {
    context.report({.what = kKind, .done = round, .total = options.n_rounds});
    FitContext inner = warnings.listening(context.child(round), round);
    inner.threads = context.threads;  // rounds follow each other: the learner may have them all
    ClassifierPtr member = fit_classifier(base, set, inner);
    const RowMatrix proba = predict_in_parts(*member, set.rows, inner);
    const std::vector<double> boosts = boosts_of(proba, set, classes);
    const double error = error_of(proba, set);
    const bool is_perfect = error <= 0;
    double step = is_perfect ? 1 : 0;
    if (!is_perfect && error < chance) {
      step = useful_step(set.weights, boosts, options.learning_rate);
    }
    if (step == 0 && !members.empty()) break;
    members.push_back(std::move(member));
    steps.push_back(step == 0 ? 1 : step);
    if (is_perfect || step == 0) break;
    set.weights = weights.boosted(boosts, options.learning_rate * step);
  }
  warnings.pass_on(kKind, context);
  return ClassifierPtr(new AdaBoost(ModelShape::of(set), std::move(class_weight), std::move(steps),
                                    std::move(members)));
}

RowMatrix AdaBoost::predict_proba(const CompactRows& rows) const {
  require_same_columns(rows);
  const Classes classes = classes_with_weight(class_weight_);
  RowMatrix log_proba = make_answers(rows);
  log_proba.setConstant(-std::numeric_limits<double>::infinity());
  for (const std::uint32_t c : classes) log_proba.col(c).setZero();
  const double total = std::accumulate(steps_.begin(), steps_.end(), 0.0);
  for (std::size_t m = 0; m < members_.size(); ++m) {
    const RowMatrix proba = members_[m]->predict_proba(rows);
    const double share = steps_[m] / total;
    for (Eigen::Index i = 0; i < proba.rows(); ++i) {
      for (const std::uint32_t c : classes) log_proba(i, c) += share * log_of(proba(i, c));
    }
  }
  normalize_log_proba(log_proba);
  return log_proba;
}

TensorBundle AdaBoost::save() const {
  TensorBundle bundle;
  shape().add_to(bundle);
  bundle.add("class_weight", class_weight_);
  bundle.add("steps", steps_);
  add_members(members_, bundle);
  return bundle;
}

ClassifierPtr AdaBoost::load(const TensorBundle& bundle) {
  const ModelShape shape = ModelShape::load(bundle);
  Members members = load_members(bundle, shape);
  const auto& steps = values_between(bundle, "steps", members.size(), kSmallestStep, 1);
  return ClassifierPtr(
      new AdaBoost(shape, load_class_weight(bundle, shape.n_classes), steps, std::move(members)));
}

}  // namespace resml
