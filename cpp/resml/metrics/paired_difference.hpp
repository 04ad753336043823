#pragma once

#include <cstdint>
#include <span>

#include "resml/metrics/score.hpp"

namespace resml {

// Two classifiers asked the same held-out incidents. All of equal length; classes < n_classes;
// `counts` say how many incidents a row stands for.
struct PairedAnswers {
  std::span<const std::uint32_t> truth;
  std::span<const double> counts;
  std::span<const std::uint32_t> a;
  std::span<const std::uint32_t> b;
  std::uint32_t n_classes = 0;
};

// Score of b minus score of a, with its 95 % interval; {0, -1, 1} without rows.
//
// Accuracy: Agresti and Min, "Simple improved confidence intervals for comparing matched
// proportions", Statistics in Medicine 24, 2005: half a row added to each of the four cells.
Score accuracy_difference(const PairedAnswers& answers);
// Macro F1: the delta method of evaluation.hpp, applied to the difference, row by row.
Score macro_f1_difference(const PairedAnswers& answers);

}  // namespace resml
