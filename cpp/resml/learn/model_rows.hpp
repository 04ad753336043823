#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "resml/learn/model_shape.hpp"
#include "resml/rows/compact_rows.hpp"
#include "resml/tensor/tensor_bundle.hpp"

namespace resml {

// Parts of something that stand one after the other are stored by their sizes: small numbers.
std::vector<std::uint32_t> sizes_of(const auto& starts) {
  std::vector<std::uint32_t> sizes;
  for (std::size_t i = 1; i < starts.size(); ++i) {
    sizes.push_back(static_cast<std::uint32_t>(starts[i] - starts[i - 1]));
  }
  return sizes;
}

// Of such sizes.
struct SizeLimits {
  std::uint64_t least = 0;
  std::uint64_t most = 0;
  std::uint64_t total = 0;
};

// Where each part begins, then the total; from the array `name` of sizes. ModelFileError unless
// they keep the limits.
std::vector<std::size_t> load_starts(const TensorBundle& bundle, std::string_view name,
                                     SizeLimits limits);

// The same where the parts are of fewer than 2^32 things.
std::vector<std::uint32_t> load_short_starts(const TensorBundle& bundle, std::string_view name,
                                             SizeLimits limits);

// Rows as part of a model: the arrays "row_size", "active" and "numbers".
void add_rows(TensorBundle& bundle, const CompactRows& rows);
// ModelFileError unless they are rows of this shape, with bounded numbers.
CompactRows load_rows(const TensorBundle& bundle, const ModelShape& shape);

}  // namespace resml
