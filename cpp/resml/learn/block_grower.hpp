#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "resml/base/rng.hpp"
#include "resml/learn/forest_limits.hpp"
#include "resml/learn/forest_set.hpp"
#include "resml/learn/split_sides.hpp"
#include "resml/learn/tree_draft.hpp"

namespace resml {

// Grows the lower end of a tree, where nearly all of its nodes are: a node of up to 64 entries and
// everything below it. A node is a set of entries in 64 bits, and so is what an indicator is on in:
// a question divides a node by one "and", and nothing is moved.
class BlockGrower {
 public:
  static constexpr std::size_t kMostEntries = 64;

  BlockGrower(const ForestSet& set, const ForestLimits& limits);

  // Below node `node` of `draft`, which is `depth` questions from the root.
  void grow(std::span<const std::uint32_t> entries, const TreeSample& sample, std::uint32_t node,
            std::uint64_t depth, Rng& rng, TreeDraft& draft);

 private:
  using Members = std::uint64_t;  // bit i: entry i of the block
  struct Column {
    std::uint32_t index = 0;
    Members on = 0;
  };
  struct Node {
    Members members = 0;
    std::uint32_t index = 0;
    std::uint64_t depth = 0;
    std::size_t first_column = 0;  // of those in columns_ that may vary in it
    std::size_t n_columns = 0;
  };
  struct Split {
    double purity = -1;  // below 0: there is none
    Members yes = 0;
    std::uint32_t question = 0;
  };

  void load(std::span<const std::uint32_t> entries, const TreeSample& sample);
  void grow_node(const Node& node, Rng& rng, TreeDraft& draft);
  bool is_leaf(const Node& node) const;
  void make_leaf(const Node& node, TreeDraft& draft);
  std::size_t keep_varying(const Node& node);
  Split find_split(const Node& node, std::size_t n_varying, Rng& rng);
  void try_all(const Node& node, std::span<const Column> columns, Split& best);
  void try_drawn(const Node& node, std::span<Column> columns, Rng& rng, Split& best);
  void try_column(const Column& column, const Node& node, Split& best);
  bool try_number(std::uint32_t number, const Node& node, Split& best);
  std::uint64_t count(Members members) const;
  bool leaves_enough(Members yes, Members all) const;

  const ForestSet& set_;
  const ForestLimits limits_;
  std::uint64_t max_features_;

  // The block.
  std::array<std::uint32_t, kMostEntries> entry_{};
  std::array<std::uint32_t, kMostEntries> label_{};
  std::array<std::uint32_t, kMostEntries> count_{};
  std::array<double, kMostEntries> weight_{};
  std::vector<Members> of_class_;  // by class; all 0 between blocks
  std::vector<Column> columns_;    // of the nodes from the block's first to the one at hand

  // Scratch space, kept to spare allocations.
  std::vector<std::uint32_t> place_of_column_;  // all kNone between blocks
  std::vector<std::uint32_t> numbers_;
  std::vector<std::uint32_t> keys_;
  std::vector<std::pair<std::uint32_t, double>> class_weights_;
  SplitSides sides_;
};

}  // namespace resml
