#include "resml/metrics/evaluation.hpp"

#include <algorithm>
#include <cmath>

namespace resml {
namespace {

constexpr double kZ = 1.959963984540054;  // 97.5 % quantile of the standard normal distribution
constexpr std::size_t kBins = 10;

using Confusion = std::vector<std::vector<double>>;

double share(double part, double whole) { return whole > 0 ? part / whole : 0; }

// Truth and decision per class, and what lies on the diagonal.
struct ClassSums {
  double truth = 0;
  double decided = 0;
  double right = 0;

  bool occurs() const { return truth + decided > 0; }
  double f1() const { return share(2 * right, truth + decided); }
};

std::vector<ClassSums> class_sums(const Confusion& confusion) {
  std::vector<ClassSums> sums(confusion.size());
  for (std::size_t i = 0; i < confusion.size(); ++i) {
    for (std::size_t j = 0; j < confusion.size(); ++j) {
      sums[i].truth += confusion[i][j];
      sums[j].decided += confusion[i][j];
    }
    sums[i].right = confusion[i][i];
  }
  return sums;
}

// Macro F1 with its delta-method interval (Takahashi, Yamamoto, Kuchiba, Koyama, "Confidence
// interval for micro-averaged F1 and macro-averaged F1 scores", Applied Intelligence 52, 2022):
// the variance of a smooth function of multinomial shares through its derivative by each cell.
Score macro_f1(const Confusion& confusion, const std::vector<ClassSums>& sums, double n) {
  double n_classes = 0;
  double total = 0;
  for (const ClassSums& sum : sums) {
    if (!sum.occurs()) continue;
    ++n_classes;
    total += sum.f1();
  }
  if (n_classes == 0) return {};
  double mean = 0;
  double mean_of_squares = 0;
  for (std::size_t i = 0; i < confusion.size(); ++i) {
    for (std::size_t j = 0; j < confusion.size(); ++j) {
      const double p = confusion[i][j] / n;
      if (p == 0) continue;
      const double row = (sums[i].truth + sums[i].decided) / n;
      const double column = (sums[j].truth + sums[j].decided) / n;
      const double derivative =
          (i == j ? 2 * (1 - sums[i].f1()) / row : -sums[i].f1() / row - sums[j].f1() / column) /
          n_classes;
      mean += p * derivative;
      mean_of_squares += p * derivative * derivative;
    }
  }
  const double value = total / n_classes;
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

Score paired_difference_interval(double only_a, double only_b, double n) {
  if (n == 0) return {0, -1, 1};
  const double b = only_b + 0.5;
  const double a = only_a + 0.5;
  const double centre = (b - a) / (n + 2);
  const double deviation = std::sqrt((b + a) - (b - a) * (b - a) / (n + 2)) / (n + 2);
  return {(only_b - only_a) / n, centre - kZ * deviation, centre + kZ * deviation};
}

Evaluation evaluate(const Scored& scored, std::span<const std::string> labels,
                    std::uint32_t majority_class) {
  Evaluation evaluation;
  evaluation.labels.assign(labels.begin(), labels.end());
  evaluation.confusion.assign(labels.size(), std::vector<double>(labels.size(), 0));
  for (std::size_t i = 0; i < scored.truth.size(); ++i) {
    evaluation.confusion[scored.truth[i]][scored.decisions[i]] += scored.counts[i];
    evaluation.n_rows += scored.counts[i];
  }
  const std::vector<ClassSums> sums = class_sums(evaluation.confusion);
  double n_classes = 0;
  double n_right = 0;
  for (std::size_t c = 0; c < sums.size(); ++c) {
    const ClassSums& sum = sums[c];
    n_right += sum.right;
    if (!sum.occurs()) continue;
    ++n_classes;
    const double precision = share(sum.right, sum.decided);
    evaluation.macro_precision += precision;
    evaluation.macro_recall += share(sum.right, sum.truth);
    if (sum.truth == 0) continue;
    evaluation.classes.push_back(
        {labels[c], sum.truth, wilson_interval(sum.right, sum.truth), precision, sum.f1()});
  }
  evaluation.macro_precision = share(evaluation.macro_precision, n_classes);
  evaluation.macro_recall = share(evaluation.macro_recall, n_classes);
  evaluation.accuracy = wilson_interval(n_right, evaluation.n_rows);
  evaluation.macro_f1 = macro_f1(evaluation.confusion, sums, evaluation.n_rows);
  evaluation.majority_label = labels[majority_class];
  evaluation.majority_accuracy = wilson_interval(sums[majority_class].truth, evaluation.n_rows);
  add_calibration(scored, evaluation);
  return evaluation;
}

}  // namespace resml
