#include "resml/metrics/paired_difference.hpp"

#include <algorithm>
#include <cmath>

#include "resml/metrics/confusion.hpp"

namespace resml {
namespace {

constexpr Score kNothingKnown = {0, -1, 1};

}  // namespace

Score accuracy_difference(const PairedAnswers& answers) {
  double n = 0;
  double only_a = 0;
  double only_b = 0;
  for (std::size_t i = 0; i < answers.truth.size(); ++i) {
    const bool a_right = answers.a[i] == answers.truth[i];
    const bool b_right = answers.b[i] == answers.truth[i];
    n += answers.counts[i];
    if (a_right && !b_right) only_a += answers.counts[i];
    if (b_right && !a_right) only_b += answers.counts[i];
  }
  if (n == 0) return kNothingKnown;
  const double discordant = only_a + only_b + 1;
  const double centre = (only_b - only_a) / (n + 2);
  const double deviation = std::sqrt(discordant - centre * centre * (n + 2)) / (n + 2);
  return {(only_b - only_a) / n, centre - kZ * deviation, centre + kZ * deviation};
}

Score macro_f1_difference(const PairedAnswers& answers) {
  Confusion a(answers.n_classes);
  Confusion b(answers.n_classes);
  for (std::size_t i = 0; i < answers.truth.size(); ++i) {
    a.add(answers.truth[i], answers.a[i], answers.counts[i]);
    b.add(answers.truth[i], answers.b[i], answers.counts[i]);
  }
  const double n = a.n_rows();
  if (n == 0) return kNothingKnown;
  double mean = 0;
  double mean_of_squares = 0;
  for (std::size_t i = 0; i < answers.truth.size(); ++i) {
    const double derivative = b.macro_f1_derivative(answers.truth[i], answers.b[i]) -
                              a.macro_f1_derivative(answers.truth[i], answers.a[i]);
    mean += answers.counts[i] / n * derivative;
    mean_of_squares += answers.counts[i] / n * derivative * derivative;
  }
  const double value = b.macro_f1() - a.macro_f1();
  const double margin = kZ * std::sqrt(std::max(mean_of_squares - mean * mean, 0.0) / n);
  return {value, value - margin, value + margin};
}

}  // namespace resml
