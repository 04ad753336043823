#include "resml/learn/tree_draft.hpp"

#include <algorithm>
#include <limits>

namespace resml {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

}  // namespace

void TreeDraft::start(std::uint32_t n_questions, std::uint32_t n_classes) {
  n_questions_ = n_questions;
  code_.assign(1, 0);
  child_.assign(1, 0);
  leaves_ = {};
  pure_leaf_.assign(n_classes, kNone);
}

std::uint32_t TreeDraft::ask(std::uint32_t node, std::uint32_t question) {
  const auto child = static_cast<std::uint32_t>(code_.size());
  code_[node] = question;
  child_[node] = child;
  code_.resize(child + 2, 0);
  child_.resize(child + 2, 0);
  return child;
}

void TreeDraft::make_leaf(std::uint32_t node, std::uint32_t label) {
  std::uint32_t& leaf = pure_leaf_[label];
  if (leaf == kNone) leaf = leaves_.add({{label, 1.0}});
  code_[node] = n_questions_ + leaf;
}

void TreeDraft::make_leaf(std::uint32_t node,
                          std::vector<std::pair<std::uint32_t, double>>& class_weights) {
  std::ranges::sort(class_weights);
  // Weights of one class are summed into its first.
  std::size_t n = 0;
  for (const auto& [label, weight] : class_weights) {
    if (n > 0 && class_weights[n - 1].first == label) {
      class_weights[n - 1].second += weight;
    } else {
      class_weights[n++] = {label, weight};
    }
  }
  class_weights.resize(n);
  code_[node] = n_questions_ + leaves_.add(class_weights);
}

GrownTree TreeDraft::finish() {
  GrownTree tree;
  if (n_questions_ + leaves_.size() <= kShortCodes) {
    tree.nodes = level_by_level<std::uint16_t>();
  } else {
    tree.nodes = level_by_level<std::uint32_t>();
  }
  tree.leaves = std::move(leaves_);
  return tree;
}

template <class Code>
std::vector<Code> TreeDraft::level_by_level() {
  std::vector<Code> codes;
  codes.reserve(code_.size());
  order_.assign(1, 0);
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const std::uint32_t node = order_[i];
    codes.push_back(static_cast<Code>(code_[node]));
    if (code_[node] >= n_questions_) continue;
    order_.push_back(child_[node]);
    order_.push_back(child_[node] + 1);
  }
  return codes;
}

}  // namespace resml
