#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace resml {

// Numbers beyond count as this: then sums of their squares stay finite.
constexpr double kLargestNumber = 1e100;
inline double bounded(double number) { return std::clamp(number, -kLargestNumber, kLargestNumber); }

// Encoded rows, stored sparsely: which indicators of a row are 1, and a few numbers. There is no
// dense matrix of indicators anywhere.
struct CompactRows {
  std::uint32_t n_indicators = 0;  // width of the indicator part, not the number of active ones
  std::uint32_t n_numbers = 0;
  std::vector<std::size_t> starts{0};  // row i has active[starts[i]] .. active[starts[i + 1] - 1]
  std::vector<std::uint32_t> active = {};  // ascending within a row, each < n_indicators
  std::vector<double> numbers = {};        // row-major, size() x n_numbers, all finite

  std::size_t size() const { return starts.size() - 1; }
  // Columns that a dense table would have: indicators first, then numbers.
  std::size_t n_columns() const { return std::size_t{n_indicators} + n_numbers; }
  std::span<const std::uint32_t> active_of(std::size_t row) const {
    return {active.data() + starts[row], starts[row + 1] - starts[row]};
  }
  // Whether indicator `column` of the row is 1.
  bool is_on(std::size_t row, std::uint32_t column) const {
    const auto on = active_of(row);
    return std::binary_search(on.begin(), on.end(), column);
  }
  std::span<const double> numbers_of(std::size_t row) const {
    return {numbers.data() + row * n_numbers, n_numbers};
  }
};

// In every column.
bool is_same_row(const CompactRows& rows, std::size_t a, std::size_t b);

// The rows `chosen`, in that order.
CompactRows select_rows(const CompactRows& rows, std::span<const std::uint32_t> chosen);
// The rows from `begin` up to `end`.
CompactRows select_rows(const CompactRows& rows, std::size_t begin, std::size_t end);

// What a learner learns from: distinct rows, each standing for `count` equal ones.
struct TrainingSet {
  CompactRows rows = {};
  std::vector<std::uint32_t> labels = {};  // one per row, each < n_classes
  std::vector<double> counts = {};         // how many incidents the row stands for, > 0
  std::vector<double> weights = {};  // sum of their weights, >= 0; equals counts without weighting
  std::uint32_t n_classes = 0;       // >= 1; a class may have no row here

  std::size_t size() const { return labels.size(); }
};

// Sum of weights per class.
std::vector<double> class_totals(const TrainingSet& set);

// Ascending.
std::vector<std::uint32_t> classes_with_weight(std::span<const double> totals);
std::vector<std::uint32_t> classes_with_weight(const TrainingSet& set);

}  // namespace resml
