#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "resml/rows/compact_rows.hpp"
#include "resml/tensor/tensor_bundle.hpp"

namespace resml {

constexpr double kLargestWeight = 1e300;  // of a class in a model file

// The sizes that a model was fitted on and that all its arrays depend on.
struct ModelShape {
  std::uint32_t n_classes = 1;
  std::uint32_t n_indicators = 0;
  std::uint32_t n_numbers = 0;

  static ModelShape of(const TrainingSet& set);
  // From the array "shape". ModelFileError unless there is a class and no size is absurd: then a
  // product of two of them cannot overflow.
  static ModelShape load(const TensorBundle& bundle);
  void add_to(TensorBundle& bundle) const;

  std::size_t n_columns() const { return std::size_t{n_indicators} + n_numbers; }
  // Entries of a table with one row per class and one column per column.
  std::size_t table_size() const { return n_columns() * n_classes; }
};

// The array `name` of `length` numbers, each in [low, high]; ModelFileError names the first that is
// not.
const std::vector<double>& values_between(const TensorBundle& bundle, std::string_view name,
                                          std::size_t length, double low, double high);

// The array "class_weight": one per class, one of them above 0.
const std::vector<double>& load_class_weight(const TensorBundle& bundle, std::size_t n_classes);

// The array "classes": those with weight, ascending numbers below n_classes, at least one.
const std::vector<std::uint32_t>& load_classes(const TensorBundle& bundle, std::size_t n_classes);

}  // namespace resml
