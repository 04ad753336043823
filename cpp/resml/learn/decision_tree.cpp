#include "resml/learn/decision_tree.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "resml/base/error.hpp"

namespace resml {
namespace {

constexpr std::uint32_t kLeaf = 0xffffffff;

// Better by more than rounding: equal splits must compare equal, or the tie rule means nothing.
bool is_better(double score, double best) { return score > best + 1e-12 * std::abs(best); }

struct Split {
  std::uint32_t column = kLeaf;
  double threshold = 0;
  double score = -1;  // scores are >= 0: any question beats none, as in scikit-learn
};

// Sum over the classes of weight^2, divided by the weight: maximal where Gini impurity is minimal.
double purity(std::span<const double> class_weights, double weight) {
  double squares = 0;
  for (const double w : class_weights) squares += w * w;
  return weight > 0 ? squares / weight : 0;
}

}  // namespace

class TreeGrower {
 public:
  TreeGrower(const DecisionTreeOptions& options, const TrainingSet& set, const FitContext& context)
      : options_(options),
        set_(set),
        context_(context),
        n_classes_(set.n_classes),
        slot_of_(set.rows.n_indicators, kLeaf) {
    for (std::uint32_t i = 0; i < set.size(); ++i) {
      if (set.weights[i] > 0) order_.push_back(i);
    }
  }

  std::unique_ptr<DecisionTree> grow() {
    tree_ = std::make_unique<DecisionTree>();
    tree_->n_classes_ = n_classes_;
    tree_->n_indicators_ = set_.rows.n_indicators;
    tree_->n_numbers_ = set_.rows.n_numbers;
    std::vector<Node> open = {{0, order_.size(), 0, add_node()}};
    while (!open.empty()) {
      const Node node = open.back();
      open.pop_back();
      throw_if_stopped(context_);
      const Split split = find_split(node);
      if (split.column == kLeaf) continue;
      const std::size_t middle = partition(node, split);
      tree_->column_[node.index] = split.column;
      tree_->threshold_[node.index] = split.threshold;
      const std::uint32_t left = add_node();
      const std::uint32_t right = add_node();
      tree_->left_[node.index] = left;
      tree_->right_[node.index] = right;
      open.push_back({middle, node.end, node.depth + 1, right});
      open.push_back({node.begin, middle, node.depth + 1, left});
    }
    return std::move(tree_);
  }

 private:
  struct Node {
    std::size_t begin = 0;  // its rows are order_[begin] .. order_[end - 1]
    std::size_t end = 0;
    std::uint64_t depth = 0;
    std::uint32_t index = 0;
  };
  // Weight per class and number of incidents of one side of a split.
  struct Side {
    explicit Side(std::size_t n_classes) : class_weights(n_classes, 0) {}
    std::vector<double> class_weights;
    double weight = 0;
    double count = 0;
  };

  std::uint32_t add_node() {
    const std::size_t index = tree_->column_.size();
    tree_->column_.push_back(kLeaf);
    tree_->threshold_.push_back(0);
    tree_->left_.push_back(0);
    tree_->right_.push_back(0);
    tree_->share_.resize(tree_->share_.size() + n_classes_, 0);
    return static_cast<std::uint32_t>(index);
  }

  void add_row(Side& side, std::uint32_t i) const {
    side.class_weights[set_.labels[i]] += set_.weights[i];
    side.weight += set_.weights[i];
    side.count += set_.counts[i];
  }

  // Fills the node's class shares and finds the best question, none where it stays a leaf.
  Split find_split(const Node& node) {
    Side all(n_classes_);
    for (std::size_t i = node.begin; i < node.end; ++i) add_row(all, order_[i]);
    bool pure = false;
    for (std::uint32_t c = 0; c < n_classes_; ++c) {
      const double share = all.class_weights[c] / all.weight;
      tree_->share_[std::size_t{node.index} * n_classes_ + c] = share;
      pure = pure || all.class_weights[c] == all.weight;
    }
    const bool deep = options_.max_depth > 0 && node.depth >= options_.max_depth;
    const auto too_few = static_cast<double>(options_.min_samples_split);
    if (pure || deep || all.count < too_few) return {};
    Split best;
    try_indicators(node, all, best);
    for (std::uint32_t k = 0; k < set_.rows.n_numbers; ++k) try_number(node, all, k, best);
    return best;
  }

  void try_split(const Side& all, const Side& side, std::uint32_t column, double threshold,
                 Split& best) {
    const auto fewest = static_cast<double>(options_.min_samples_leaf);
    if (side.count < fewest || all.count - side.count < fewest) return;
    rest_.resize(n_classes_);
    for (std::uint32_t c = 0; c < n_classes_; ++c) {
      rest_[c] = all.class_weights[c] - side.class_weights[c];
    }
    const double score =
        purity(side.class_weights, side.weight) + purity(rest_, all.weight - side.weight);
    if (is_better(score, best.score)) best = {column, threshold, score};
  }

  // One pass over the active indicators of the node's rows: only those that occur cost anything.
  void try_indicators(const Node& node, const Side& all, Split& best) {
    present_.clear();
    sides_.clear();
    for (std::size_t i = node.begin; i < node.end; ++i) {
      for (const std::uint32_t j : set_.rows.active_of(order_[i])) {
        if (slot_of_[j] == kLeaf) {
          slot_of_[j] = static_cast<std::uint32_t>(sides_.size());
          present_.push_back(j);
          sides_.emplace_back(n_classes_);
        }
        add_row(sides_[slot_of_[j]], order_[i]);
      }
    }
    std::sort(present_.begin(), present_.end());
    for (const std::uint32_t j : present_) {
      try_split(all, sides_[slot_of_[j]], j, 0, best);
      slot_of_[j] = kLeaf;
    }
  }

  void try_number(const Node& node, const Side& all, std::uint32_t k, Split& best) {
    const auto value = [&](std::uint32_t row) { return set_.rows.numbers_of(row)[k]; };
    sorted_.assign(order_.begin() + static_cast<std::ptrdiff_t>(node.begin),
                   order_.begin() + static_cast<std::ptrdiff_t>(node.end));
    std::stable_sort(sorted_.begin(), sorted_.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return value(a) < value(b); });
    Side below(n_classes_);
    for (std::size_t i = 0; i + 1 < sorted_.size(); ++i) {
      add_row(below, sorted_[i]);
      const double low = value(sorted_[i]);
      const double high = value(sorted_[i + 1]);
      if (low == high) continue;
      double threshold = low + (high - low) / 2;
      // Neighbouring doubles have no number between them; an infinite distance has no middle.
      if (!(threshold < high)) threshold = low;
      try_split(all, below, set_.rows.n_indicators + k, threshold, best);
    }
  }

  bool goes_right(const Split& split, std::uint32_t row) const {
    if (split.column >= set_.rows.n_indicators) {
      return set_.rows.numbers_of(row)[split.column - set_.rows.n_indicators] > split.threshold;
    }
    const auto active = set_.rows.active_of(row);
    return std::binary_search(active.begin(), active.end(), split.column);
  }

  std::size_t partition(const Node& node, const Split& split) {
    const auto begin = order_.begin() + static_cast<std::ptrdiff_t>(node.begin);
    const auto end = order_.begin() + static_cast<std::ptrdiff_t>(node.end);
    const auto middle = std::stable_partition(
        begin, end, [&](std::uint32_t row) { return !goes_right(split, row); });
    return static_cast<std::size_t>(middle - order_.begin());
  }

  const DecisionTreeOptions& options_;
  const TrainingSet& set_;
  const FitContext& context_;
  const std::uint32_t n_classes_;
  std::vector<std::uint32_t> order_;    // rows, those of one node side by side
  std::vector<std::uint32_t> slot_of_;  // per indicator: its place in sides_, kLeaf = not present
  std::vector<std::uint32_t> present_;  // indicators that occur in the node
  std::vector<Side> sides_;
  std::vector<std::uint32_t> sorted_;
  std::vector<double> rest_;
  std::unique_ptr<DecisionTree> tree_;
};

ClassifierPtr DecisionTree::fit(const Options& options, const TrainingSet& set,
                                const FitContext& context) {
  return TreeGrower(options, set, context).grow();
}

std::uint32_t DecisionTree::leaf_of(const CompactRows& rows, std::size_t row) const {
  const auto active = rows.active_of(row);
  const auto numbers = rows.numbers_of(row);
  std::uint32_t node = 0;
  while (column_[node] != kLeaf) {
    const std::uint32_t column = column_[node];
    const bool yes = column < n_indicators_
                         ? std::binary_search(active.begin(), active.end(), column)
                         : numbers[column - n_indicators_] > threshold_[node];
    node = yes ? right_[node] : left_[node];
  }
  return node;
}

RowMatrix DecisionTree::predict_proba(const CompactRows& rows) const {
  RowMatrix proba(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(n_classes_));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double* share = share_.data() + std::size_t{leaf_of(rows, i)} * n_classes_;
    std::copy(share, share + n_classes_, proba.row(static_cast<Eigen::Index>(i)).data());
  }
  return proba;
}

TensorBundle DecisionTree::save() const {
  TensorBundle bundle;
  bundle.add("shape", std::vector<std::uint32_t>{n_classes_, n_indicators_, n_numbers_});
  bundle.add("column", column_);
  bundle.add("threshold", threshold_);
  bundle.add("left", left_);
  bundle.add("right", right_);
  bundle.add("share", share_, {n_nodes(), n_classes_});
  return bundle;
}

ClassifierPtr DecisionTree::load(const TensorBundle& bundle) {
  auto tree = std::make_unique<DecisionTree>();
  const auto& shape = bundle.values<std::uint32_t>("shape", 3);
  tree->n_classes_ = shape[0];
  tree->n_indicators_ = shape[1];
  tree->n_numbers_ = shape[2];
  tree->column_ = bundle.values<std::uint32_t>("column");
  const std::size_t n = tree->n_nodes();
  if (n == 0) throw ModelFileError("array \"column\": a tree without nodes");
  tree->threshold_ = bundle.values<double>("threshold", n);
  tree->left_ = bundle.values<std::uint32_t>("left", n);
  tree->right_ = bundle.values<std::uint32_t>("right", n);
  tree->share_ = bundle.values<double>("share", n * tree->n_classes_);
  for (std::size_t i = 0; i < n; ++i) {
    if (tree->column_[i] == kLeaf) continue;
    if (tree->column_[i] >= std::uint64_t{shape[1]} + shape[2]) {
      throw ModelFileError("array \"column\": node ", i, " asks for column ", tree->column_[i]);
    }
    // Children behind their parent: then every walk ends.
    for (const std::uint32_t child : {tree->left_[i], tree->right_[i]}) {
      if (child <= i || child >= n) {
        throw ModelFileError("tree node ", i, ": child ", child, " does not come after it");
      }
    }
  }
  return tree;
}

}  // namespace resml
