#include "resml/learn/dummy_classifier.hpp"

#include <bit>
#include <cmath>

#include "resml/base/error.hpp"

namespace resml {
namespace {

std::uint64_t row_hash(const CompactRows& rows, std::size_t i, std::uint64_t seed) {
  std::uint64_t hash = mix_bits(seed);
  for (const std::uint32_t j : rows.active_of(i)) hash = mix_bits(hash ^ j);
  for (const double x : rows.numbers_of(i)) {
    // Rounded: the last bits of a standardised number depend on the order in which its column was
    // summed, and the draw must not. -0 is the number 0.
    hash = mix_bits(hash ^ std::bit_cast<std::uint64_t>(std::round(bounded(x) * 1e6) + 0.0));
  }
  return hash;
}

}  // namespace

ClassifierPtr DummyClassifier::fit(const Options&, const TrainingSet& set,
                                   const FitContext& context) {
  std::vector<double> frequency(set.n_classes, 0);
  double total = 0;
  for (std::size_t i = 0; i < set.size(); ++i) {
    // Weights act elsewhere, but a row of weight 0 is none.
    if (set.weights[i] == 0) continue;
    frequency[set.labels[i]] += set.counts[i];
    total += set.counts[i];
  }
  for (double& share : frequency) share /= total;
  return ClassifierPtr(
      new DummyClassifier(ModelShape::of(set), std::move(frequency), Rng(context.rng).next()));
}

RowMatrix DummyClassifier::predict_proba(const CompactRows& rows) const {
  require_same_columns(rows);
  const Eigen::Map<const Eigen::RowVectorXd> frequency(
      frequency_.data(), static_cast<Eigen::Index>(frequency_.size()));
  return frequency.replicate(static_cast<Eigen::Index>(rows.size()), 1);
}

std::vector<std::uint32_t> DummyClassifier::decide(const CompactRows& rows,
                                                   const RowMatrix&) const {
  std::vector<std::uint32_t> decisions(rows.size());
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    const double drawn = Rng(row_hash(rows, i, seed_)).uniform();
    double sum = 0;
    for (std::uint32_t c = 0; c < frequency_.size(); ++c) {
      if (frequency_[c] == 0) continue;
      decisions[i] = c;  // also where rounding leaves the sum just below the draw
      sum += frequency_[c];
      if (drawn < sum) break;
    }
  }
  return decisions;
}

TensorBundle DummyClassifier::save() const {
  TensorBundle bundle;
  shape().add_to(bundle);
  bundle.add("frequency", frequency_);
  bundle.add("seed", std::vector<std::uint64_t>{seed_});
  return bundle;
}

ClassifierPtr DummyClassifier::load(const TensorBundle& bundle) {
  const ModelShape shape = ModelShape::load(bundle);
  const auto& frequency = values_between(bundle, "frequency", shape.n_classes, 0, 1);
  double sum = 0;
  for (const double share : frequency) sum += share;
  if (!(std::abs(sum - 1) < 1e-9)) {
    throw ModelFileError("array \"frequency\": expected a sum of 1, got ", sum);
  }
  return ClassifierPtr(
      new DummyClassifier(shape, frequency, bundle.values<std::uint64_t>("seed", 1)[0]));
}

}  // namespace resml
