#pragma once

#include <cstdint>

#include "resml/base/fit_context.hpp"
#include "resml/learn/options.hpp"
#include "resml/learn/tree.hpp"
#include "resml/rows/compact_rows.hpp"

namespace resml {

// When a node stays a leaf. Samples are incidents (counts), not weights.
struct TreeLimits {
  std::uint64_t max_depth = 0;  // 0 = no limit
  std::uint64_t min_samples_split = 20;
  std::uint64_t min_samples_leaf = 1;

  // The options of every learner that grows trees.
  void each_field(FieldVisitor& visit) {
    visit("max_depth", max_depth, at_least(0), "questions from the root to a leaf, 0 = no limit");
    visit("min_samples_split", min_samples_split, at_least(2),
          "incidents that a node needs to be split");
    visit("min_samples_leaf", min_samples_leaf, at_least(1), "incidents that a leaf must keep");
  }
};

// Splits by Gini impurity, weighted (Breiman, Friedman, Olshen, Stone, "Classification and
// Regression Trees", 1984), until a node is pure or a limit is reached. A number is split midway
// between two training values. Of equally good questions the first column wins (indicators before
// numbers), then the smallest threshold; questions are equally good if their gains differ by less
// than a 10^12th.
Tree grow_tree(const TreeLimits& limits, const TrainingSet& set, const FitContext& context);

}  // namespace resml
