#include "resml/learn/tree.hpp"

#include <algorithm>
#include <cmath>

#include "resml/base/error.hpp"

namespace resml {
namespace {

void check_nodes(const Tree& tree, const ModelShape& shape) {
  for (std::size_t i = 0; i < tree.n_nodes(); ++i) {
    const std::uint64_t child = tree.child[i];
    if (tree.column[i] == Tree::kLeaf) {
      if (child < tree.n_leaves()) continue;
      throw ModelFileError("array \"child\": node ", i, " is leaf ", child, " of ",
                           tree.n_leaves());
    }
    if (tree.column[i] >= shape.n_columns()) {
      throw ModelFileError("array \"column\": node ", i, " asks for column ", tree.column[i],
                           " of ", shape.n_columns());
    }
    // Children behind their parent: then every walk ends.
    if (child <= i || child + 1 >= tree.n_nodes()) {
      throw ModelFileError("array \"child\": node ", i, " of ", tree.n_nodes(), " leads to node ",
                           child);
    }
  }
}

void check_leaves(const Tree& tree, const ModelShape& shape) {
  for (const std::uint32_t c : tree.class_of) {
    if (c >= shape.n_classes) {
      throw ModelFileError("array \"class_of\": class ", c, " of ", shape.n_classes);
    }
  }
  if (tree.leaf_starts.front() != 0 || tree.leaf_starts.back() != tree.share.size() ||
      !std::is_sorted(tree.leaf_starts.begin(), tree.leaf_starts.end())) {
    throw ModelFileError("array \"leaf_starts\": expected an ascending list from 0 to ",
                         tree.share.size());
  }
  for (std::size_t leaf = 0; leaf < tree.n_leaves(); ++leaf) {
    double sum = 0;
    for (std::size_t e = tree.leaf_starts[leaf]; e < tree.leaf_starts[leaf + 1]; ++e) {
      sum += tree.share[e];
    }
    if (!(std::abs(sum - 1) < 1e-9)) {
      throw ModelFileError("array \"share\": expected a sum of 1 in leaf ", leaf, ", got ", sum);
    }
  }
}

}  // namespace

std::uint32_t Tree::leaf_of(const CompactRows& rows, std::size_t i) const {
  const auto numbers = rows.numbers_of(i);
  std::size_t node = 0;
  while (column[node] != kLeaf) {
    const std::uint32_t asked = column[node];
    const bool yes = asked < rows.n_indicators
                         ? rows.is_on(i, asked)
                         : numbers[asked - rows.n_indicators] > threshold[node];
    node = child[node] + (yes ? 1U : 0U);
  }
  return child[node];
}

void Tree::add_shares(std::uint32_t leaf, std::span<double> proba) const {
  for (std::size_t e = leaf_starts[leaf]; e < leaf_starts[leaf + 1]; ++e) {
    proba[class_of[e]] += share[e];
  }
}

void Tree::add_to(TensorBundle& bundle) const {
  bundle.add("column", column);
  bundle.add("threshold", threshold);
  bundle.add("child", child);
  bundle.add("leaf_starts", leaf_starts);
  bundle.add("class_of", class_of);
  bundle.add("share", share);
}

Tree Tree::load(const TensorBundle& bundle, const ModelShape& shape) {
  Tree tree;
  tree.column = bundle.values<std::uint32_t>("column");
  if (tree.column.empty()) throw ModelFileError("array \"column\": a tree without nodes");
  const double infinity = std::numeric_limits<double>::infinity();
  tree.threshold = values_between(bundle, "threshold", tree.n_nodes(), -infinity, infinity);
  tree.child = bundle.values<std::uint32_t>("child", tree.n_nodes());
  tree.leaf_starts = bundle.values<std::uint32_t>("leaf_starts");
  if (tree.leaf_starts.empty()) throw ModelFileError("array \"leaf_starts\": empty");
  tree.class_of = bundle.values<std::uint32_t>("class_of");
  tree.share = values_between(bundle, "share", tree.class_of.size(), 0, 1);
  check_leaves(tree, shape);
  check_nodes(tree, shape);
  return tree;
}

}  // namespace resml
