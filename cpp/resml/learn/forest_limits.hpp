#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "resml/learn/tree_grower.hpp"

namespace resml {

struct ForestLimits {
  TreeLimits tree;
  std::uint64_t max_features = 0;  // columns drawn for each split; 0 = square root of all
  bool bootstrap = true;

  std::uint64_t columns_per_split(std::size_t n_columns) const {
    if (max_features > 0) return std::min<std::uint64_t>(max_features, n_columns);
    return static_cast<std::uint64_t>(std::sqrt(static_cast<double>(n_columns)));
  }
};

}  // namespace resml
