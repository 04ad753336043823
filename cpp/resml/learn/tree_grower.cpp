#include "resml/learn/tree_grower.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "resml/learn/node_division.hpp"
#include "resml/learn/number_bins.hpp"

namespace resml {
namespace {

constexpr std::uint32_t kNone = Tree::kLeaf;

struct Split {
  std::uint32_t column = kNone;
  double threshold = 0;
  double purity = 0;  // summed over both sides; see purity_of
};

// Of candidates that come in any order of columns, and per column in ascending threshold.
bool is_better(const Split& a, const Split& b) {
  if (b.column == kNone) return true;
  const double margin = kSamePurity * b.purity;
  if (a.purity > b.purity + margin) return true;
  return a.purity >= b.purity - margin && a.column < b.column;
}

// The rows of one side of a split, class by class.
struct Side {
  std::vector<double> class_weights = {};
  double weight = 0;
  double squares = 0;
  double count = 0;

  void clear(std::size_t n_classes) {
    class_weights.assign(n_classes, 0);
    weight = squares = count = 0;
  }
  void add(std::uint32_t of_class, double row_weight, double row_count) {
    squares += row_weight * (2 * class_weights[of_class] + row_weight);
    class_weights[of_class] += row_weight;
    weight += row_weight;
    count += row_count;
  }
};

// A row where the rows stand in the order of a number, with what a walk in that order looks at: the
// order jumps about in the rows.
struct Sorted {
  double value = 0;
  std::uint32_t row = 0;
  std::uint32_t label = 0;
};

struct Node {
  std::size_t begin = 0;  // its rows are order_[begin] .. order_[end - 1]
  std::size_t end = 0;
  std::uint64_t depth = 0;
  std::uint32_t index = 0;

  std::size_t size() const { return end - begin; }
};

class TreeGrower {
 public:
  TreeGrower(const TreeLimits& limits, const TrainingSet& set, const FitContext& context)
      : limits_(limits), set_(set), context_(context), rows_(set.rows) {
    scale_weights();
    each_weighs_the_same_ = std::ranges::all_of(order_, [&](std::uint32_t row) {
      return weights_[row] == weights_[order_[0]] && set.counts[row] == set.counts[order_[0]];
    });
    place_of_class_.assign(set.n_classes, 0);
    class_weights_.assign(set.n_classes, 0);
    slot_of_.assign(rows_.n_indicators, kNone);
    goes_right_.assign(rows_.n_numbers > 0 ? set.size() : 0, 0);
    sort_by_numbers();
  }

  Tree grow() {
    std::vector<Node> open = {{0, order_.size(), 0, add_node()}};
    while (!open.empty()) {
      const Node node = open.back();
      open.pop_back();
      throw_if_stopped(context_);
      sum_classes(node);
      const Split split = find_split(node);
      if (split.column == kNone) {
        make_leaf(node);
        continue;
      }
      const std::size_t middle = divide(node, split);
      tree_.column[node.index] = split.column;
      tree_.threshold[node.index] = split.threshold;
      const std::uint32_t no = add_node();
      const std::uint32_t yes = add_node();
      tree_.child[node.index] = no;
      open.push_back({middle, node.end, node.depth + 1, yes});
      open.push_back({node.begin, middle, node.depth + 1, no});
    }
    return std::move(tree_);
  }

 private:
  // A power of two takes the largest weight to about 1: sums stay exact where they were, and
  // squares of huge weights stay finite. Rows of weight 0 are none.
  void scale_weights() {
    const double largest = *std::max_element(set_.weights.begin(), set_.weights.end());
    const int exponent = largest > 0 ? std::ilogb(largest) : 0;
    for (const double weight : set_.weights) weights_.push_back(std::ldexp(weight, -exponent));
    for (std::uint32_t i = 0; i < weights_.size(); ++i) {
      if (weights_[i] > 0) order_.push_back(i);
    }
  }

  void sort_by_numbers() {
    for (std::uint32_t k = 0; k < rows_.n_numbers; ++k) {
      throw_if_stopped(context_);
      std::vector<Sorted>& sorted = sorted_.emplace_back();
      sorted.reserve(order_.size());
      for (const std::uint32_t row : order_)
        sorted.push_back({number(row, k), row, set_.labels[row]});
      std::ranges::stable_sort(sorted, {}, &Sorted::value);
    }
  }

  double number(std::uint32_t row, std::uint32_t k) const { return rows_.numbers_of(row)[k]; }

  std::uint32_t add_node() {
    tree_.column.push_back(Tree::kLeaf);
    tree_.threshold.push_back(0);
    tree_.child.push_back(0);
    return static_cast<std::uint32_t>(tree_.n_nodes() - 1);
  }

  // Weight per class of the node. Below, classes are numbered among those present: deep in a tree
  // with many classes few are.
  void sum_classes(const Node& node) {
    present_.clear();
    double count = 0;
    for (std::size_t i = node.begin; i < node.end; ++i) {
      const std::uint32_t row = order_[i];
      double& weight = class_weights_[set_.labels[row]];
      if (weight == 0) present_.push_back(set_.labels[row]);
      weight += weights_[row];
      count += set_.counts[row];
    }
    std::sort(present_.begin(), present_.end());
    all_.clear(present_.size());
    for (std::uint32_t c = 0; c < present_.size(); ++c) {
      place_of_class_[present_[c]] = c;
      all_.add(c, class_weights_[present_[c]], 0);
      class_weights_[present_[c]] = 0;
    }
    all_.count = count;
  }

  void make_leaf(const Node& node) {
    tree_.child[node.index] = static_cast<std::uint32_t>(tree_.n_leaves());
    for (std::size_t c = 0; c < present_.size(); ++c) {
      tree_.class_of.push_back(present_[c]);
      tree_.share.push_back(all_.class_weights[c] / all_.weight);
    }
    tree_.leaf_starts.push_back(static_cast<std::uint32_t>(tree_.share.size()));
  }

  // None where the node stays a leaf. As in scikit-learn a question that gains nothing is asked
  // too: the next one may gain.
  Split find_split(const Node& node) {
    const bool deep = limits_.max_depth > 0 && node.depth >= limits_.max_depth;
    const auto fewest = static_cast<double>(limits_.min_samples_split);
    if (present_.size() == 1 || deep || all_.count < fewest) return {};
    Split best;
    try_indicators(node, best);
    for (std::uint32_t k = 0; k < rows_.n_numbers; ++k) try_number(node, k, best);
    return best;
  }

  bool leaves_enough(double count) const {
    const auto fewest = static_cast<double>(limits_.min_samples_leaf);
    return count >= fewest && all_.count - count >= fewest;
  }

  // One pass over the active indicators of the node's rows: only those that occur cost anything.
  void try_indicators(const Node& node, Split& best) {
    const std::size_t n_classes = present_.size();
    const std::size_t width = n_classes + 1;  // the last entry of a slot counts incidents
    occurring_.clear();
    on_.clear();
    for (std::size_t i = node.begin; i < node.end; ++i) {
      const std::uint32_t row = order_[i];
      const std::uint32_t place = place_of_class_[set_.labels[row]];
      const double weight = weights_[row];
      const double count = set_.counts[row];
      for (const std::uint32_t j : rows_.active_of(row)) {
        std::uint32_t& slot = slot_of_[j];
        if (slot == kNone) {
          slot = static_cast<std::uint32_t>(occurring_.size());
          occurring_.push_back(j);
          on_.resize(on_.size() + width, 0);
        }
        double* sums = on_.data() + slot * width;
        sums[place] += weight;
        sums[n_classes] += count;
      }
    }
    for (std::size_t slot = 0; slot < occurring_.size(); ++slot) {
      slot_of_[occurring_[slot]] = kNone;
      const double* sums = on_.data() + slot * width;
      if (!leaves_enough(sums[n_classes])) continue;
      const Split candidate{occurring_[slot], 0, purity_of_division(all_.class_weights, sums)};
      if (is_better(candidate, best)) best = candidate;
    }
  }

  // Both sides are summed from their own end, so that none is a small difference of large sums.
  void try_number(const Node& node, std::uint32_t k, Split& best) {
    const Sorted* sorted = sorted_[k].data() + node.begin;
    if (sorted[0].value == sorted[node.size() - 1].value) return;
    const auto add = [&](const Sorted& entry) {
      const std::uint32_t row = each_weighs_the_same_ ? order_[0] : entry.row;
      side_.add(place_of_class_[entry.label], weights_[row], set_.counts[row]);
    };
    above_.resize(node.size());
    side_.clear(present_.size());
    for (std::size_t i = node.size() - 1; i > 0; --i) {
      add(sorted[i]);
      above_[i] = purity_of(side_.squares, side_.weight);
    }
    side_.clear(present_.size());
    for (std::size_t i = 1; i < node.size(); ++i) {
      add(sorted[i - 1]);
      const double low = sorted[i - 1].value;
      const double high = sorted[i].value;
      if (low == high || !leaves_enough(side_.count)) continue;
      const Split candidate{rows_.n_indicators + k, threshold_between(low, high),
                            purity_of(side_.squares, side_.weight) + above_[i]};
      if (is_better(candidate, best)) best = candidate;
    }
  }

  bool goes_right(const Split& split, std::uint32_t row) const {
    if (split.column >= rows_.n_indicators) {
      return number(row, split.column - rows_.n_indicators) > split.threshold;
    }
    return rows_.is_on(row, split.column);
  }

  // Rows that answer "no" first, in every order; where the others begin.
  std::size_t divide(const Node& node, const Split& split) {
    if (sorted_.empty()) {
      return divide(order_, node, right_,
                    [&](std::uint32_t row) { return goes_right(split, row); });
    }
    for (std::size_t i = node.begin; i < node.end; ++i) {
      goes_right_[order_[i]] = goes_right(split, order_[i]) ? 1 : 0;
    }
    for (std::vector<Sorted>& sorted : sorted_) {
      divide(sorted, node, right_sorted_,
             [&](const Sorted& entry) { return goes_right_[entry.row] != 0; });
    }
    return divide(order_, node, right_, [&](std::uint32_t row) { return goes_right_[row] != 0; });
  }

  template <class Entry, class IsRight>
  std::size_t divide(std::vector<Entry>& order, const Node& node, std::vector<Entry>& scratch,
                     const IsRight& is_right) {
    const auto entries = std::span(order).subspan(node.begin, node.size());
    return node.begin + divide_in_order(entries, scratch, is_right);
  }

  const TreeLimits& limits_;
  const TrainingSet& set_;
  const FitContext& context_;
  const CompactRows& rows_;
  std::vector<double> weights_;
  std::vector<std::uint32_t> order_;         // rows, those of one node side by side
  std::vector<std::vector<Sorted>> sorted_;  // the same per number, ascending in a node
  bool each_weighs_the_same_ = false;
  Tree tree_;

  // Of the node at hand.
  std::vector<double> class_weights_;          // by class; all 0 between nodes
  std::vector<std::uint32_t> present_;         // classes, ascending
  std::vector<std::uint32_t> place_of_class_;  // by class: where in present_
  Side all_;

  // Scratch space, kept to spare allocations.
  std::vector<std::uint32_t> slot_of_;    // by indicator: where in occurring_, kNone between nodes
  std::vector<std::uint32_t> occurring_;  // indicators of the node, in the order they turned up
  std::vector<double> on_;                // slots x (weight per class present, count)
  std::vector<double> above_;
  Side side_;
  std::vector<char> goes_right_;  // by row
  std::vector<std::uint32_t> right_;
  std::vector<Sorted> right_sorted_;
};

}  // namespace

Tree grow_tree(const TreeLimits& limits, const TrainingSet& set, const FitContext& context) {
  return TreeGrower(limits, set, context).grow();
}

}  // namespace resml
