#include "resml/learn/block_grower.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>

#include "resml/learn/bits.hpp"
#include "resml/learn/node_division.hpp"

namespace resml {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

// Without counting all bits, for which not every processor has an instruction.
std::uint64_t smaller_of(std::uint64_t a, std::uint64_t b) {
  std::uint64_t rest_of_a = a;
  for (std::uint64_t rest_of_b = b; rest_of_a != 0 && rest_of_b != 0; rest_of_b &= rest_of_b - 1) {
    rest_of_a &= rest_of_a - 1;
  }
  return rest_of_a == 0 ? a : b;
}

bool has_two_members(std::uint64_t members) {
  const std::uint64_t rest = members & (members - 1);
  return rest != 0 && (rest & (rest - 1)) == 0;
}

}  // namespace

BlockGrower::BlockGrower(const ForestSet& set, const ForestLimits& limits)
    : set_(set),
      limits_(limits),
      max_features_(limits.columns_per_split(set.rows.n_columns())),
      of_class_(set.n_classes, 0),
      place_of_column_(set.rows.n_indicators, kNone),
      sides_(set.n_classes) {}

void BlockGrower::grow(std::span<const std::uint32_t> entries, const TreeSample& sample,
                       std::uint32_t node, std::uint64_t depth, Rng& rng, TreeDraft& draft) {
  load(entries, sample);
  grow_node({.members = ~Members{0} >> (kMostEntries - entries.size()),
             .index = node,
             .depth = depth,
             .first_column = 0,
             .n_columns = columns_.size()},
            rng, draft);
  for (std::size_t i = 0; i < entries.size(); ++i) of_class_[label_[i]] = 0;
}

void BlockGrower::load(std::span<const std::uint32_t> entries, const TreeSample& sample) {
  columns_.clear();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::uint32_t entry = entries[i];
    const Members bit = Members{1} << i;
    entry_[i] = entry;
    label_[i] = set_.label_of(entry);
    count_[i] = sample.count[entry];
    weight_[i] = sample.weight[entry];
    of_class_[label_[i]] |= bit;
    for (const std::uint32_t j : set_.active_of(entry)) {
      if (place_of_column_[j] == kNone) {
        place_of_column_[j] = static_cast<std::uint32_t>(columns_.size());
        columns_.push_back({j, 0});
      }
      columns_[place_of_column_[j]].on |= bit;
    }
  }
  for (const Column& column : columns_) place_of_column_[column.index] = kNone;
  if (max_features_ == set_.rows.n_columns()) {
    std::ranges::sort(columns_, {}, [](const Column& column) { return column.index; });
  }
}

void BlockGrower::grow_node(const Node& node, Rng& rng, TreeDraft& draft) {
  if (is_leaf(node)) return make_leaf(node, draft);
  const std::size_t end = columns_.size();
  const std::size_t n_varying = keep_varying(node);
  const Split split = find_split(node, n_varying, rng);
  if (split.purity < 0) {
    make_leaf(node, draft);
  } else {
    const std::uint32_t child = draft.ask(node.index, split.question);
    Node next{.members = node.members & ~split.yes,
              .index = child,
              .depth = node.depth + 1,
              .first_column = end,
              .n_columns = n_varying};
    grow_node(next, rng, draft);
    next.members = split.yes;
    next.index = child + 1;
    grow_node(next, rng, draft);
  }
  columns_.resize(end);
}

std::uint64_t BlockGrower::count(Members members) const {
  std::uint64_t sum = 0;
  for_each_bit(members, [&](std::size_t i) { sum += count_[i]; });
  return sum;
}

bool BlockGrower::is_leaf(const Node& node) const {
  const auto first = static_cast<std::size_t>(std::countr_zero(node.members));
  if ((node.members & ~of_class_[label_[first]]) == 0) return true;
  if (limits_.tree.max_depth > 0 && node.depth >= limits_.tree.max_depth) return true;
  const std::uint64_t least =
      std::max(limits_.tree.min_samples_split, 2 * limits_.tree.min_samples_leaf);
  return least > 2 && count(node.members) < least;
}

void BlockGrower::make_leaf(const Node& node, TreeDraft& draft) {
  const auto first = static_cast<std::size_t>(std::countr_zero(node.members));
  if ((node.members & ~of_class_[label_[first]]) == 0) {
    return draft.make_leaf(node.index, label_[first]);
  }
  class_weights_.clear();
  for_each_bit(node.members,
               [&](std::size_t i) { class_weights_.emplace_back(label_[i], weight_[i]); });
  draft.make_leaf(node.index, class_weights_);
}

// Copies those of the node's columns that vary in it to the end of columns_; how many.
std::size_t BlockGrower::keep_varying(const Node& node) {
  const std::size_t end = columns_.size();
  columns_.resize(end + node.n_columns);
  Column* kept = columns_.data() + end;
  const Column* given = columns_.data() + node.first_column;
  for (std::size_t k = 0; k < node.n_columns; ++k) {
    const Members on = given[k].on & node.members;
    *kept = given[k];
    kept += on != 0 && on != node.members ? 1 : 0;
  }
  const auto n = static_cast<std::size_t>(kept - columns_.data()) - end;
  columns_.resize(end + n);
  return n;
}

BlockGrower::Split BlockGrower::find_split(const Node& node, std::size_t n_varying, Rng& rng) {
  Split best;
  if (n_varying + set_.rows.n_numbers == 0) return best;
  const std::span columns = std::span(columns_).last(n_varying);
  const bool draws_all = max_features_ == set_.rows.n_columns();
  if (has_two_members(node.members) && set_.rows.n_numbers == 0 &&
      limits_.tree.min_samples_leaf == 1) {
    // All questions are equally good.
    const Column& column = columns[draws_all ? 0 : rng.below(n_varying)];
    return {.purity = 1, .yes = column.on & node.members, .question = column.index};
  }
  for_each_bit(node.members, [&](std::size_t i) { sides_.add(label_[i], weight_[i]); });
  if (draws_all) {
    try_all(node, columns, best);
  } else {
    try_drawn(node, columns, rng, best);
  }
  for_each_bit(node.members, [&](std::size_t i) { sides_.clear(label_[i]); });
  sides_.set_totals({});
  return best;
}

void BlockGrower::try_all(const Node& node, std::span<const Column> columns, Split& best) {
  for (const Column& column : columns) try_column(column, node, best);
  for (std::uint32_t k = 0; k < set_.rows.n_numbers; ++k) try_number(k, node, best);
}

// Columns that do not vary are drawn as well, and count, but there is no need to know which.
void BlockGrower::try_drawn(const Node& node, std::span<Column> columns, Rng& rng, Split& best) {
  numbers_.resize(set_.rows.n_numbers);
  std::iota(numbers_.begin(), numbers_.end(), 0U);
  std::uint64_t n_constant = set_.rows.n_indicators - columns.size();
  bool has_varying = false;
  for (std::uint64_t n = 0; n < max_features_ || !has_varying; ++n) {
    if (columns.empty() && numbers_.empty()) return;
    if (n >= max_features_) n_constant = 0;
    std::uint64_t place = rng.below(columns.size() + numbers_.size() + n_constant);
    if (place < columns.size()) {
      std::swap(columns[place], columns.back());
      try_column(columns.back(), node, best);
      columns = columns.first(columns.size() - 1);
      has_varying = true;
      continue;
    }
    place -= columns.size();
    if (place >= numbers_.size()) {
      --n_constant;
      continue;
    }
    has_varying = try_number(numbers_[place], node, best) || has_varying;
    numbers_[place] = numbers_.back();
    numbers_.pop_back();
  }
}

bool BlockGrower::leaves_enough(Members yes, Members all) const {
  const std::uint64_t least = limits_.tree.min_samples_leaf;
  return least == 1 || (count(yes) >= least && count(all & ~yes) >= least);
}

void BlockGrower::try_column(const Column& column, const Node& node, Split& best) {
  const Members yes = column.on & node.members;
  if (!leaves_enough(yes, node.members)) return;
  const Members no = node.members & ~yes;
  const Members fewer = smaller_of(yes, no);
  const SplitSides::Totals before = sides_.totals();
  for_each_bit(fewer, [&](std::size_t i) { sides_.move_to_1(label_[i], weight_[i]); });
  const double purity = sides_.purity();
  for_each_bit(fewer, [&](std::size_t i) { sides_.move_to_0(label_[i], weight_[i]); });
  sides_.set_totals(before);
  if (purity > best.purity * (1 + kSamePurity)) {
    best = {.purity = purity, .yes = yes, .question = column.index};
  }
}

// Whether the number varies in the node.
bool BlockGrower::try_number(std::uint32_t number, const Node& node, Split& best) {
  keys_.clear();
  for_each_bit(node.members, [&](std::size_t i) {
    keys_.push_back(std::uint32_t{set_.bin_of(entry_[i], number)} << 6 |
                    static_cast<std::uint32_t>(i));
  });
  std::ranges::sort(keys_);
  const auto bin = [&](std::size_t k) { return keys_[k] >> 6; };
  const auto member = [&](std::size_t k) { return keys_[k] % kMostEntries; };
  if (bin(0) == bin(keys_.size() - 1)) return false;
  const SplitSides::Totals before = sides_.totals();
  Members no = 0;
  std::size_t last_no = kNone;
  for (std::size_t k = 0; k + 1 < keys_.size(); ++k) {
    const std::size_t i = member(k);
    no |= Members{1} << i;
    sides_.move_to_1(label_[i], weight_[i]);
    if (bin(k) == bin(k + 1) || !leaves_enough(no, node.members)) continue;
    if (sides_.purity() > best.purity * (1 + kSamePurity)) {
      best = {.purity = sides_.purity(), .yes = node.members & ~no, .question = 0};
      last_no = k;
    }
  }
  for (std::size_t k = 0; k + 1 < keys_.size(); ++k) {
    sides_.move_to_0(label_[member(k)], weight_[member(k)]);
  }
  sides_.set_totals(before);
  if (last_no == kNone) return true;
  // Entries of the last bin before the cut, and of the first behind it, in any order of values.
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < keys_.size(); ++k) {
    const double value = set_.value_of(entry_[member(k)], number);
    if (k <= last_no) low = std::max(low, value);
    if (k > last_no) high = std::min(high, value);
  }
  best.question = set_.question_between(number, low, high);
  return true;
}

}  // namespace resml
