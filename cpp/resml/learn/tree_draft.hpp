#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "resml/learn/forest_trees.hpp"
#include "resml/learn/leaf_table.hpp"

namespace resml {

// A tree while it grows, in any order of its nodes. Node 0 is the root.
class TreeDraft {
 public:
  // Forgets the last tree. Codes of leaves begin at `n_questions`.
  void start(std::uint32_t n_questions, std::uint32_t n_classes);

  // Node `node` asks `question`; returns the node of its "no", that of its "yes" is the next.
  std::uint32_t ask(std::uint32_t node, std::uint32_t question);
  // Node `node` is a leaf with one class, or with several and their weights, in any order.
  void make_leaf(std::uint32_t node, std::uint32_t label);
  void make_leaf(std::uint32_t node, std::vector<std::pair<std::uint32_t, double>>& class_weights);

  GrownTree finish();

 private:
  template <class Code>
  std::vector<Code> level_by_level();

  std::uint32_t n_questions_ = 0;
  std::vector<std::uint32_t> code_;
  std::vector<std::uint32_t> child_;
  std::vector<std::uint32_t> order_;  // scratch space, kept to spare allocations
  LeafTable leaves_;
  std::vector<std::uint32_t> pure_leaf_;  // by class: the leaf that has no other
};

}  // namespace resml
