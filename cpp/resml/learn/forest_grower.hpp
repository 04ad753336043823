#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/base/rng.hpp"
#include "resml/learn/block_grower.hpp"
#include "resml/learn/forest_limits.hpp"
#include "resml/learn/forest_set.hpp"
#include "resml/learn/forest_trees.hpp"
#include "resml/learn/tree_draft.hpp"

namespace resml {

// Grows the trees of a random forest (Breiman, "Random Forests", Machine Learning 45, 2001), one at
// a time in the same memory. At each node columns are drawn until there are max_features of them,
// at least one of which varies in the node; the best split by Gini impurity is taken, the first
// drawn of equal ones. Where all columns are asked for, they come in their order.
//
// The class weights of every indicator are kept while a node is divided: the larger side inherits
// them less those of the smaller. So an entry is summed again only when it is on the smaller side,
// at most log2(n) times, however deep the tree is. BlockGrower does the lower end.
class ForestGrower {
 public:
  ForestGrower(const ForestSet& set, const ForestLimits& limits, const FitContext& context);

  GrownTree grow(Rng rng);

 private:
  // Sums over a node's entries where an indicator is on: n_classes weights and, if limits ask for
  // it, a count of incidents, indicator by indicator; then the same over all its entries.
  using Sums = std::vector<double>;
  struct Node {
    std::uint32_t begin = 0;  // its entries are sample_.entries[begin] .. [end - 1]
    std::uint32_t end = 0;
    std::uint32_t index = 0;
    std::uint64_t depth = 0;
    Sums sums = {};  // empty: not worth it, there are too few entries for so many indicators

    std::uint32_t size() const { return end - begin; }
  };
  struct Split {
    double purity = -1;          // below 0: there is none
    std::uint32_t column = 0;    // as in Question
    std::uint32_t last_bin = 0;  // of a number's "no"
  };

  void grow_node(Node node, Rng& rng);
  void divide_sums(Node& parent, Node& no, Node& yes);
  bool is_worth_sums(std::size_t n_entries) const;
  void add_entries(std::span<const std::uint32_t> entries, double sign, Sums& sums) const;
  Sums sums_of(std::span<const std::uint32_t> entries);
  void recycle(Sums sums);

  bool is_leaf(const Node& node) const;
  void make_leaf(const Node& node);
  void sum_classes(const Node& node);
  void weigh_columns(const Node& node);
  void draw_columns(const Node& node, Rng& rng);
  bool varies(std::uint32_t column, const Node& node) const;
  void sum_drawn(const Node& node);
  Split find_split(const Node& node, Rng& rng);
  void try_indicator(std::uint32_t column, const double* on, Split& best) const;
  void try_number(const Node& node, std::uint32_t number, Split& best);
  std::uint32_t divide(const Node& node, const Split& split);
  std::uint32_t question_of(const Node& node, std::uint32_t middle, const Split& split) const;
  bool leaves_enough(const double* on) const;

  std::span<const std::uint32_t> entries_of(const Node& node) const {
    return {sample_.entries.data() + node.begin, node.size()};
  }

  const ForestSet& set_;
  const ForestLimits limits_;
  const FitContext& context_;
  std::uint64_t max_features_;
  bool counts_;        // whether the limits need counts of incidents
  std::size_t width_;  // of one indicator's sums
  BlockGrower block_;

  // The tree that is growing.
  TreeSample sample_;
  TreeDraft draft_;
  std::vector<Node> open_;
  std::vector<std::uint32_t> columns_;  // all, shuffled by the draws so far

  // Of the node at hand.
  std::vector<double> totals_;          // as one indicator's sums, over all entries
  double weight_ = 0;                   // of them
  std::vector<std::uint32_t> drawn_;    // columns that vary
  std::vector<double> column_weights_;  // if it has no sums; all 0 between nodes

  // Scratch space, kept to spare allocations.
  std::vector<Sums> free_;
  Sums drawn_sums_;
  std::vector<std::uint32_t> place_of_column_;  // all kNone between nodes
  std::vector<std::uint32_t> yes_;
  std::vector<double> cells_;
  std::vector<double> no_sums_;
  std::vector<std::pair<std::uint32_t, double>> class_weights_;
};

}  // namespace resml
