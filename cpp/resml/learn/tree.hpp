#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "resml/learn/model_shape.hpp"
#include "resml/rows/compact_rows.hpp"
#include "resml/tensor/tensor_bundle.hpp"

namespace resml {

// A binary tree as parallel arrays, one entry per node, children behind their parent. A node asks
// whether indicator `column` is on, or whether number `column - n_indicators` is above `threshold`;
// "no" goes to node `child`, "yes" to `child + 1`. In a leaf `column` is kLeaf and `child` counts
// the leaves: leaf l has the classes class_of[leaf_starts[l]] .. with their weighted shares.
struct Tree {
  static constexpr std::uint32_t kLeaf = std::numeric_limits<std::uint32_t>::max();

  std::vector<std::uint32_t> column;
  std::vector<double> threshold;  // 0 where it asks for an indicator, and in a leaf
  std::vector<std::uint32_t> child;
  std::vector<std::uint32_t> leaf_starts{0};
  std::vector<std::uint32_t> class_of;
  std::vector<double> share;

  std::size_t n_nodes() const { return column.size(); }
  std::size_t n_leaves() const { return leaf_starts.size() - 1; }

  // The leaf, counted as above, that row `i` ends in.
  std::uint32_t leaf_of(const CompactRows& rows, std::size_t i) const;
  // Adds the shares of leaf `leaf` to `proba`, one entry per class.
  void add_shares(std::uint32_t leaf, std::span<double> proba) const;

  void add_to(TensorBundle& bundle) const;
  // ModelFileError unless every walk through it ends in a leaf whose shares sum to 1.
  static Tree load(const TensorBundle& bundle, const ModelShape& shape);
};

}  // namespace resml
