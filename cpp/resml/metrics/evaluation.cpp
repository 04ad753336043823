#include "resml/metrics/evaluation.hpp"

#include <algorithm>
#include <cmath>

#include "resml/metrics/confusion.hpp"

namespace resml {
namespace {

constexpr std::size_t kBins = 10;

double share(double part, double whole) { return whole > 0 ? part / whole : 0; }

// Macro F1 with its delta-method interval (Takahashi, Yamamoto, Kuchiba, Koyama, "Confidence
// interval for micro-averaged F1 and macro-averaged F1 scores", Applied Intelligence 52, 2022):
// the variance of a smooth function of multinomial shares through its derivative by each cell.
Score macro_f1(const Confusion& confusion) {
  const double n = confusion.n_rows();
  if (n == 0) return {};
  double mean = 0;
  double mean_of_squares = 0;
  for (std::size_t i = 0; i < confusion.cells().size(); ++i) {
    for (std::size_t j = 0; j < confusion.cells().size(); ++j) {
      const double p = confusion.cells()[i][j] / n;
      if (p == 0) continue;
      const double derivative = confusion.macro_f1_derivative(i, j);
      mean += p * derivative;
      mean_of_squares += p * derivative * derivative;
    }
  }
  const double value = confusion.macro_f1();
  const double margin = kZ * std::sqrt(std::max(mean_of_squares - mean * mean, 0.0) / n);
  return {value, std::max(value - margin, 0.0), std::min(value + margin, 1.0)};
}

void add_calibration(const Scored& scored, Evaluation& evaluation) {
  std::vector<CalibrationBin> bins(kBins);
  double loss = 0;
  for (std::size_t i = 0; i < scored.truth.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    const double promised = scored.probabilities(row, scored.decisions[i]);
    const double of_truth = scored.probabilities(row, scored.truth[i]);
    // A probability of 0 for what came true would be an infinite loss.
    loss -= scored.counts[i] * std::log(std::max(of_truth, 1e-15));
    const auto place = static_cast<std::size_t>(promised * kBins);
    CalibrationBin& bin = bins[std::min(place, kBins - 1)];
    bin.count += scored.counts[i];
    bin.mean_probability += scored.counts[i] * promised;
    if (scored.decisions[i] == scored.truth[i]) bin.accuracy += scored.counts[i];
  }
  for (std::size_t b = 0; b < kBins; ++b) {
    CalibrationBin& bin = bins[b];
    if (bin.count == 0) continue;
    bin.low = static_cast<double>(b) / kBins;
    bin.high = static_cast<double>(b + 1) / kBins;
    bin.mean_probability /= bin.count;
    bin.accuracy /= bin.count;
    evaluation.calibration_error +=
        share(bin.count, evaluation.n_rows) * std::abs(bin.mean_probability - bin.accuracy);
    evaluation.calibration.push_back(bin);
  }
  evaluation.log_loss = share(loss, evaluation.n_rows);
}

}  // namespace

Score wilson_interval(double hits, double n) {
  if (n <= 0) return {0, 0, 1};
  const double p = hits / n;
  const double z2 = kZ * kZ;
  const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double margin = kZ / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  return {p, std::max(middle - margin, 0.0), std::min(middle + margin, 1.0)};
}

Score difference_interval(double hits_a, double n_a, double hits_b, double n_b) {
  const Score a = wilson_interval(hits_a, n_a);
  const Score b = wilson_interval(hits_b, n_b);
  const double difference = b.value - a.value;
  return {difference, difference - std::hypot(b.value - b.low, a.high - a.value),
          difference + std::hypot(b.high - b.value, a.value - a.low)};
}

Evaluation evaluate(const Scored& scored, std::span<const std::string> labels,
                    std::uint32_t majority_class) {
  Evaluation evaluation;
  evaluation.labels.assign(labels.begin(), labels.end());
  Confusion confusion(labels.size());
  for (std::size_t i = 0; i < scored.truth.size(); ++i) {
    confusion.add(scored.truth[i], scored.decisions[i], scored.counts[i]);
  }
  evaluation.n_rows = confusion.n_rows();
  evaluation.confusion = confusion.cells();
  double n_right = 0;
  for (std::size_t c = 0; c < labels.size(); ++c) {
    const Confusion::Sums& sum = confusion.sums()[c];
    n_right += sum.right;
    const double precision = share(sum.right, sum.decided);
    evaluation.macro_precision += precision;
    evaluation.macro_recall += share(sum.right, sum.truth);
    if (sum.truth == 0) continue;
    evaluation.classes.push_back(
        {labels[c], sum.truth, wilson_interval(sum.right, sum.truth), precision, sum.f1()});
  }
  const auto n_classes = static_cast<double>(confusion.n_occurring());
  evaluation.macro_precision = share(evaluation.macro_precision, n_classes);
  evaluation.macro_recall = share(evaluation.macro_recall, n_classes);
  evaluation.accuracy = wilson_interval(n_right, evaluation.n_rows);
  evaluation.macro_f1 = macro_f1(confusion);
  evaluation.majority_label = labels[majority_class];
  evaluation.majority_accuracy =
      wilson_interval(confusion.sums()[majority_class].truth, evaluation.n_rows);
  add_calibration(scored, evaluation);
  return evaluation;
}

}  // namespace resml
