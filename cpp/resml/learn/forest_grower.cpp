#include "resml/learn/forest_grower.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "resml/learn/node_division.hpp"

namespace resml {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t kMostCells = 256;  // of a histogram over a number's bins

}  // namespace

ForestGrower::ForestGrower(const ForestSet& set, const ForestLimits& limits,
                           const FitContext& context)
    : set_(set),
      limits_(limits),
      context_(context),
      max_features_(limits.columns_per_split(set.rows.n_columns())),
      counts_(limits.tree.min_samples_split > 2 || limits.tree.min_samples_leaf > 1),
      width_(std::size_t{set.n_classes} + (counts_ ? 1 : 0)),
      block_(set, limits),
      column_weights_(set.rows.n_indicators, 0),
      place_of_column_(set.rows.n_indicators, kNone) {}

GrownTree ForestGrower::grow(Rng rng) {
  sample_.draw(set_, limits_.bootstrap ? &rng : nullptr);
  columns_.resize(set_.rows.n_columns());
  std::iota(columns_.begin(), columns_.end(), 0U);
  draft_.start(static_cast<std::uint32_t>(set_.questions.size()), set_.n_classes);
  Node root{.begin = 0, .end = static_cast<std::uint32_t>(sample_.entries.size())};
  if (is_worth_sums(root.size())) root.sums = sums_of(entries_of(root));
  open_.push_back(std::move(root));
  while (!open_.empty()) {
    Node node = std::move(open_.back());
    open_.pop_back();
    throw_if_stopped(context_);
    if (node.size() <= BlockGrower::kMostEntries) {
      block_.grow(entries_of(node), sample_, node.index, node.depth, rng, draft_);
    } else {
      grow_node(std::move(node), rng);
    }
  }
  return draft_.finish();
}

void ForestGrower::grow_node(Node node, Rng& rng) {
  sum_classes(node);
  const Split split = is_leaf(node) ? Split{} : find_split(node, rng);
  if (split.purity < 0) {
    make_leaf(node);
    return recycle(std::move(node.sums));
  }
  const std::uint32_t middle = divide(node, split);
  const std::uint32_t child = draft_.ask(node.index, question_of(node, middle, split));
  Node no{.begin = node.begin, .end = middle, .index = child, .depth = node.depth + 1};
  Node yes{.begin = middle, .end = node.end, .index = child + 1, .depth = node.depth + 1};
  divide_sums(node, no, yes);
  // The smaller side comes first: then few nodes wait with their sums.
  const bool no_first = no.size() < yes.size();
  open_.push_back(std::move(no_first ? yes : no));
  open_.push_back(std::move(no_first ? no : yes));
}

// Of no use to BlockGrower; and they must not take longer to make than what they spare.
bool ForestGrower::is_worth_sums(std::size_t n_entries) const {
  return n_entries > BlockGrower::kMostEntries &&
         (set_.rows.n_indicators + std::size_t{1}) * width_ <= 8 * n_entries;
}

void ForestGrower::divide_sums(Node& parent, Node& no, Node& yes) {
  Node& smaller = no.size() < yes.size() ? no : yes;
  Node& larger = no.size() < yes.size() ? yes : no;
  const bool inherits = !parent.sums.empty() && larger.size() > BlockGrower::kMostEntries;
  Sums of_smaller;
  if (is_worth_sums(smaller.size()) ||
      (inherits && parent.sums.size() < 32 * std::size_t{smaller.size()})) {
    of_smaller = sums_of(entries_of(smaller));
  }
  if (inherits) {
    larger.sums = std::move(parent.sums);
    if (of_smaller.empty()) {
      add_entries(entries_of(smaller), -1, larger.sums);
    } else {
      for (std::size_t i = 0; i < of_smaller.size(); ++i) larger.sums[i] -= of_smaller[i];
    }
  }
  if (is_worth_sums(smaller.size())) {
    smaller.sums = std::move(of_smaller);
  } else {
    recycle(std::move(of_smaller));
  }
  recycle(std::move(parent.sums));
}

void ForestGrower::add_entries(std::span<const std::uint32_t> entries, double sign,
                               Sums& sums) const {
  for (const std::uint32_t entry : entries) {
    const std::uint32_t label = set_.label_of(entry);
    const double weight = sign * sample_.weight[entry];
    const double count = sign * sample_.count[entry];
    const auto add = [&](std::size_t column) {
      sums[column * width_ + label] += weight;
      if (counts_) sums[column * width_ + width_ - 1] += count;
    };
    for (const std::uint32_t j : set_.active_of(entry)) add(j);
    add(set_.rows.n_indicators);
  }
}

ForestGrower::Sums ForestGrower::sums_of(std::span<const std::uint32_t> entries) {
  Sums sums;
  if (!free_.empty()) {
    sums = std::move(free_.back());
    free_.pop_back();
  }
  sums.assign((set_.rows.n_indicators + std::size_t{1}) * width_, 0);
  add_entries(entries, 1, sums);
  return sums;
}

void ForestGrower::recycle(Sums sums) {
  if (!sums.empty()) free_.push_back(std::move(sums));
}

void ForestGrower::sum_classes(const Node& node) {
  if (!node.sums.empty()) {
    totals_.assign(node.sums.end() - static_cast<std::ptrdiff_t>(width_), node.sums.end());
  } else {
    totals_.assign(width_, 0);
    for (const std::uint32_t entry : entries_of(node)) {
      totals_[set_.label_of(entry)] += sample_.weight[entry];
      if (counts_) totals_.back() += sample_.count[entry];
    }
  }
  weight_ = std::accumulate(totals_.begin(), totals_.begin() + set_.n_classes, 0.0);
}

bool ForestGrower::is_leaf(const Node& node) const {
  if (std::find(totals_.begin(), totals_.begin() + set_.n_classes, weight_) !=
      totals_.begin() + set_.n_classes) {
    return true;
  }
  const TreeLimits& limits = limits_.tree;
  if (limits.max_depth > 0 && node.depth >= limits.max_depth) return true;
  return counts_ && totals_.back() < static_cast<double>(limits.min_samples_split);
}

void ForestGrower::make_leaf(const Node& node) {
  class_weights_.clear();
  for (std::uint32_t c = 0; c < set_.n_classes; ++c) {
    if (totals_[c] > 0) class_weights_.emplace_back(c, totals_[c]);
  }
  draft_.make_leaf(node.index, class_weights_);
}

ForestGrower::Split ForestGrower::find_split(const Node& node, Rng& rng) {
  if (node.sums.empty()) weigh_columns(node);
  draw_columns(node, rng);
  if (node.sums.empty()) sum_drawn(node);
  Split best;
  for (std::size_t i = 0; i < drawn_.size(); ++i) {
    if (drawn_[i] < set_.rows.n_indicators) {
      const double* on = node.sums.empty() ? drawn_sums_.data() + i * width_
                                           : node.sums.data() + drawn_[i] * width_;
      try_indicator(drawn_[i], on, best);
    } else {
      try_number(node, drawn_[i] - set_.rows.n_indicators, best);
    }
  }
  return best;
}

void ForestGrower::weigh_columns(const Node& node) {
  for (const std::uint32_t entry : entries_of(node)) {
    for (const std::uint32_t j : set_.active_of(entry)) {
      column_weights_[j] += sample_.weight[entry];
    }
  }
}

bool ForestGrower::varies(std::uint32_t column, const Node& node) const {
  if (column < set_.rows.n_indicators) {
    double weight = column_weights_[column];
    if (!node.sums.empty()) {
      const double* on = node.sums.data() + column * width_;
      weight = std::accumulate(on, on + set_.n_classes, 0.0);
    }
    return weight > 0 && weight < weight_;
  }
  const std::uint32_t number = column - set_.rows.n_indicators;
  const auto first = set_.bin_of(entries_of(node).front(), number);
  return std::ranges::any_of(
      entries_of(node), [&](std::uint32_t entry) { return set_.bin_of(entry, number) != first; });
}

void ForestGrower::draw_columns(const Node& node, Rng& rng) {
  drawn_.clear();
  const bool draws_all = max_features_ == columns_.size();
  for (std::size_t n = 0; n < columns_.size(); ++n) {
    if (n >= max_features_ && !drawn_.empty()) return;
    if (!draws_all) std::swap(columns_[n], columns_[n + rng.below(columns_.size() - n)]);
    if (varies(columns_[n], node)) drawn_.push_back(columns_[n]);
  }
}

// The sums of the drawn indicators of a node without sums, in the order of drawn_.
void ForestGrower::sum_drawn(const Node& node) {
  drawn_sums_.assign(drawn_.size() * width_, 0);
  for (std::uint32_t i = 0; i < drawn_.size(); ++i) {
    if (drawn_[i] < set_.rows.n_indicators) place_of_column_[drawn_[i]] = i;
  }
  for (const std::uint32_t entry : entries_of(node)) {
    for (const std::uint32_t j : set_.active_of(entry)) {
      column_weights_[j] = 0;
      if (place_of_column_[j] == kNone) continue;
      double* sums = drawn_sums_.data() + place_of_column_[j] * width_;
      sums[set_.label_of(entry)] += sample_.weight[entry];
      if (counts_) sums[width_ - 1] += sample_.count[entry];
    }
  }
  for (const std::uint32_t j : drawn_) {
    if (j < set_.rows.n_indicators) place_of_column_[j] = kNone;
  }
}

bool ForestGrower::leaves_enough(const double* on) const {
  if (!counts_) return true;
  const double count = on[width_ - 1];
  const auto least = static_cast<double>(limits_.tree.min_samples_leaf);
  return count >= least && totals_.back() - count >= least;
}

void ForestGrower::try_indicator(std::uint32_t column, const double* on, Split& best) const {
  if (!leaves_enough(on)) return;
  const double purity = purity_of_division(std::span(totals_).first(set_.n_classes), on);
  // Of equal ones the first that was drawn.
  if (purity > best.purity * (1 + kSamePurity)) best = {.purity = purity, .column = column};
}

// Sums over cells of neighbouring bins, so wide that there are not too many; in a small node every
// bin has its own.
void ForestGrower::try_number(const Node& node, std::uint32_t number, Split& best) {
  std::uint32_t lowest = kNone;
  std::uint32_t highest = 0;
  for (const std::uint32_t entry : entries_of(node)) {
    const std::uint32_t bin = set_.bin_of(entry, number);
    lowest = std::min(lowest, bin);
    highest = std::max(highest, bin);
  }
  unsigned shift = 0;
  while ((highest - lowest) >> shift >= kMostCells) ++shift;
  cells_.assign((((highest - lowest) >> shift) + 1) * width_, 0);
  for (const std::uint32_t entry : entries_of(node)) {
    double* cell = cells_.data() + ((set_.bin_of(entry, number) - lowest) >> shift) * width_;
    cell[set_.label_of(entry)] += sample_.weight[entry];
    if (counts_) cell[width_ - 1] += sample_.count[entry];
  }
  no_sums_.assign(width_, 0);
  for (std::size_t cell = 0; (cell + 1) * width_ < cells_.size(); ++cell) {
    const double* sums = cells_.data() + cell * width_;
    for (std::size_t c = 0; c < width_; ++c) no_sums_[c] += sums[c];
    const double before = best.purity;
    try_indicator(set_.rows.n_indicators + number, no_sums_.data(), best);
    if (best.purity == before) continue;
    best.last_bin = lowest + (static_cast<std::uint32_t>(cell + 1) << shift) - 1;
  }
}

// Entries that answer "no" first; where the others begin.
std::uint32_t ForestGrower::divide(const Node& node, const Split& split) {
  const auto entries = std::span(sample_.entries).subspan(node.begin, node.end - node.begin);
  std::size_t n_no = 0;
  const auto divide_by = [&](const auto& answer) { n_no = divide_in_order(entries, yes_, answer); };
  if (split.column < set_.rows.n_indicators) {
    divide_by([&](std::uint32_t entry) { return set_.is_on(entry, split.column); });
  } else {
    const std::uint32_t number = split.column - set_.rows.n_indicators;
    divide_by([&](std::uint32_t entry) { return set_.bin_of(entry, number) > split.last_bin; });
  }
  return node.begin + static_cast<std::uint32_t>(n_no);
}

std::uint32_t ForestGrower::question_of(const Node& node, std::uint32_t middle,
                                        const Split& split) const {
  if (split.column < set_.rows.n_indicators) return split.column;
  const std::uint32_t number = split.column - set_.rows.n_indicators;
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  for (std::uint32_t i = node.begin; i < middle; ++i) {
    low = std::max(low, set_.value_of(sample_.entries[i], number));
  }
  for (std::uint32_t i = middle; i < node.end; ++i) {
    high = std::min(high, set_.value_of(sample_.entries[i], number));
  }
  return set_.question_between(number, low, high);
}

}  // namespace resml
