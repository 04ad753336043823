#include "resml/learn/model_shape.hpp"

#include <algorithm>
#include <functional>

#include "resml/base/error.hpp"

namespace resml {
namespace {

constexpr std::uint32_t kLargestSize = 0x7fffffff;

}  // namespace

ModelShape ModelShape::of(const TrainingSet& set) {
  return {set.n_classes, set.rows.n_indicators, set.rows.n_numbers};
}

ModelShape ModelShape::load(const TensorBundle& bundle) {
  const auto& sizes = bundle.values<std::uint32_t>("shape", 3);
  if (sizes[0] == 0) throw ModelFileError("array \"shape\": a model without classes");
  for (const std::uint32_t size : sizes) {
    if (size > kLargestSize) {
      throw ModelFileError("array \"shape\": expected sizes up to ", kLargestSize, ", got ", size);
    }
  }
  return {sizes[0], sizes[1], sizes[2]};
}

void ModelShape::add_to(TensorBundle& bundle) const {
  bundle.add("shape", std::vector<std::uint32_t>{n_classes, n_indicators, n_numbers});
}

const std::vector<double>& values_between(const TensorBundle& bundle, std::string_view name,
                                          std::size_t length, double low, double high) {
  const auto& values = bundle.values<double>(name, length);
  for (const double value : values) {
    if (!(value >= low && value <= high)) {
      throw ModelFileError("array ", quoted(name), ": expected numbers from ", low, " to ", high,
                           ", got ", value);
    }
  }
  return values;
}

const std::vector<double>& load_class_weight(const TensorBundle& bundle, std::size_t n_classes) {
  const auto& weights = values_between(bundle, "class_weight", n_classes, 0, kLargestWeight);
  if (*std::max_element(weights.begin(), weights.end()) == 0) {
    throw ModelFileError("array \"class_weight\": no class has a weight above 0");
  }
  return weights;
}

const std::vector<std::uint32_t>& load_classes(const TensorBundle& bundle, std::size_t n_classes) {
  const auto& classes = bundle.values<std::uint32_t>("classes");
  const auto not_ascending =
      std::adjacent_find(classes.begin(), classes.end(), std::greater_equal());
  if (classes.empty() || not_ascending != classes.end() || classes.back() >= n_classes) {
    throw ModelFileError("array \"classes\": expected ascending numbers below ", n_classes);
  }
  return classes;
}

}  // namespace resml
