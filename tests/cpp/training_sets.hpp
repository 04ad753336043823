#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "resml/base/matrix.hpp"
#include "resml/base/rng.hpp"
#include "resml/rows/compact_rows.hpp"

namespace resml {

inline void append_row(CompactRows& rows, const std::vector<std::uint32_t>& active,
                       const std::vector<double>& numbers) {
  rows.active.insert(rows.active.end(), active.begin(), active.end());
  rows.numbers.insert(rows.numbers.end(), numbers.begin(), numbers.end());
  rows.starts.push_back(rows.active.size());
}

inline void append_row(TrainingSet& set, const std::vector<std::uint32_t>& active,
                       const std::vector<double>& numbers, std::uint32_t label, double count = 1) {
  append_row(set.rows, active, numbers);
  set.labels.push_back(label);
  set.counts.push_back(count);
  set.weights.push_back(count);
}

// No rows yet.
inline TrainingSet empty_set(std::uint32_t n_indicators, std::uint32_t n_numbers,
                             std::uint32_t n_classes) {
  TrainingSet set;
  set.rows.n_indicators = n_indicators;
  set.rows.n_numbers = n_numbers;
  set.n_classes = n_classes;
  return set;
}

// `n` random rows of three categories (4, 3 and 5 values) and two numbers, counted 1 to 4 times
// and weighted; the label depends on the first category and the first number.
inline TrainingSet random_set(std::size_t n, std::uint32_t n_classes, std::uint64_t seed) {
  Rng rng(seed);
  TrainingSet set = empty_set(12, 2, n_classes);
  for (std::size_t i = 0; i < n; ++i) {
    const auto a = static_cast<std::uint32_t>(rng.below(4));
    const auto b = static_cast<std::uint32_t>(rng.below(3));
    const auto c = static_cast<std::uint32_t>(rng.below(5));
    const double x = std::floor(rng.uniform() * 8) / 2 - 2;
    const double y = std::floor(rng.uniform() * 3);
    const bool is_noise = rng.below(4) == 0;
    const auto noise = static_cast<std::uint32_t>(rng.below(n_classes));
    const auto truth = static_cast<std::uint32_t>((a + (x > 0 ? 1U : 0U)) % n_classes);
    append_row(set, {a, 4 + b, 7 + c}, {x, y}, is_noise ? noise : truth,
               1 + static_cast<double>(rng.below(4)));
    set.weights.back() *= 1 + static_cast<double>(rng.below(3)) / 2;
  }
  return set;
}

// Row i of `set` copied `times(i)` times, each copy with that share of its count and weight.
template <class Times>
TrainingSet copied(const TrainingSet& set, Times times) {
  TrainingSet result = empty_set(set.rows.n_indicators, set.rows.n_numbers, set.n_classes);
  for (std::size_t i = 0; i < set.size(); ++i) {
    const auto active = set.rows.active_of(i);
    const auto numbers = set.rows.numbers_of(i);
    const auto n = static_cast<int>(times(i));
    for (int k = 0; k < n; ++k) {
      append_row(result, {active.begin(), active.end()}, {numbers.begin(), numbers.end()},
                 set.labels[i], set.counts[i] / n);
      result.weights.back() = set.weights[i] / n;
    }
  }
  return result;
}

inline double largest_difference(const RowMatrix& a, const RowMatrix& b) {
  return (a - b).cwiseAbs().maxCoeff();
}

}  // namespace resml
