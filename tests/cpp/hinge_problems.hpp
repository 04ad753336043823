#pragma once

#include <algorithm>
#include <span>

#include "training_sets.hpp"

namespace resml {

// What is known of any C-SVC, linear or not, from its multipliers alone (per row, those of the
// positive label minus those of the negative one) and the values f_i that they imply.
struct HingeCheck {
  std::span<const double> positive;
  std::span<const double> negative;
  std::span<const double> values;  // f_i, intercept included
  std::span<const double> multipliers;
  double squared_norm = 0;  // |w|^2

  double primal() const {
    double sum = squared_norm / 2;
    for (std::size_t i = 0; i < values.size(); ++i) {
      sum +=
          positive[i] * std::max(0.0, 1 - values[i]) + negative[i] * std::max(0.0, 1 + values[i]);
    }
    return sum;
  }
  // With the best split of each multiplier over the two labels that its bounds allow.
  double dual() const {
    double sum = -squared_norm / 2;
    for (std::size_t i = 0; i < multipliers.size(); ++i) {
      const double of_positive = std::min(positive[i], negative[i] + multipliers[i]);
      sum += 2 * of_positive - multipliers[i];
    }
    return sum;
  }
  // How far the multipliers are outside their bounds or from summing to 0.
  double infeasibility() const {
    double sum = 0;
    double worst = 0;
    for (std::size_t i = 0; i < multipliers.size(); ++i) {
      worst = std::max({worst, multipliers[i] - positive[i], -negative[i] - multipliers[i]});
      sum += multipliers[i];
    }
    return std::max(worst, std::abs(sum));
  }
};

}  // namespace resml
