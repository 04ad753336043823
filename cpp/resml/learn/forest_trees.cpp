#include "resml/learn/forest_trees.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <span>

#include "resml/base/error.hpp"
#include "resml/learn/merged_rows.hpp"
#include "resml/learn/narrow_codes.hpp"

namespace resml {
namespace {

constexpr std::size_t kBlockRows = 64;

template <class Codes>
void append_codes(const std::vector<std::uint32_t>& nodes, Codes& codes) {
  for (const std::uint32_t node : nodes) {
    codes.push_back(static_cast<typename Codes::value_type>(node));
  }
}

}  // namespace

// The walk from the roots to the leaves, of 64 rows at once: a node is asked once for all that come
// by, and divides them by one "and". Compiled once for every machine and once for those that count
// bits in one instruction.
struct ForestTrees::Walk {
  using Members = std::uint64_t;  // bit i: row i of the block
  struct Visit {
    std::size_t node = 0;  // counted from the root
    Members members = 0;
  };

  const ForestTrees& trees;
  const CompactRows& rows;
  RowMatrix& proba;
  std::vector<Members> on = std::vector<Members>(rows.n_indicators, 0);  // all 0 between blocks
  std::array<const double*, kBlockRows> numbers{};
  std::array<double*, kBlockRows> sums{};

  template <class Code>
  [[gnu::always_inline]] void walk(const std::vector<Code>& nodes) {
    const std::vector<std::uint32_t> order = similar_side_by_side(rows);
    for (std::size_t begin = 0; begin < order.size(); begin += kBlockRows) {
      const std::size_t n = std::min(kBlockRows, order.size() - begin);
      const std::span block = std::span(order).subspan(begin, n);
      for (std::size_t i = 0; i < n; ++i) {
        for (const std::uint32_t j : rows.active_of(block[i])) on[j] |= Members{1} << i;
        numbers[i] = rows.numbers_of(block[i]).data();
        sums[i] = proba.row(static_cast<Eigen::Index>(block[i])).data();
      }
      const Members all = ~Members{0} >> (kBlockRows - n);
      for (std::size_t tree = 0; tree < trees.n_trees(); ++tree) walk_tree(nodes, tree, all);
      for (const std::uint32_t row : block) {
        for (const std::uint32_t j : rows.active_of(row)) on[j] = 0;
      }
    }
  }

  template <class Code>
  [[gnu::always_inline]] void walk_tree(const std::vector<Code>& nodes, std::size_t tree,
                                        Members all) {
    const std::size_t n_questions = trees.questions_.size();
    const std::size_t begin = trees.begins_[tree];
    const std::size_t first = questions_before(begin);
    std::array<Visit, kBlockRows> open;  // disjoint and not empty
    std::size_t n_open = 0;
    open[n_open++] = {0, all};
    while (n_open > 0) {
      auto [node, members] = open[--n_open];
      std::size_t code = nodes[begin + node];
      while (code < n_questions) {
        const Members yes = members_with(trees.questions_[code], members);
        node = 2 * (questions_before(begin + node) - first) + (yes == members ? 2 : 1);
        if (yes != 0 && yes != members) {
          open[n_open++] = {node + 1, yes};
          members &= ~yes;
        }
        code = nodes[begin + node];
      }
      add_leaf(code - n_questions, members);
    }
  }

  [[gnu::always_inline]] Members members_with(const Question& question, Members members) const {
    if (question.column < rows.n_indicators) return on[question.column] & members;
    Members yes = 0;
    for (Members rest = members; rest != 0; rest &= rest - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(rest));
      const bool is_above = numbers[i][question.column - rows.n_indicators] > question.threshold;
      yes |= Members{is_above ? 1U : 0U} << i;
    }
    return yes;
  }

  [[gnu::always_inline]] void add_leaf(std::size_t leaf, Members members) const {
    const std::size_t first = trees.leaves_.starts()[leaf];
    const std::size_t last = trees.leaves_.starts()[leaf + 1];
    for (; members != 0; members &= members - 1) {
      double* row = sums[static_cast<std::size_t>(std::countr_zero(members))];
      for (std::size_t e = first; e < last; ++e) {
        row[trees.leaves_.class_of()[e]] += trees.shares_[e];
      }
    }
  }

  [[gnu::always_inline]] std::size_t questions_before(std::size_t node) const {
    const Rank& rank = trees.ranks_[node / 64];
    const std::uint64_t below = (std::uint64_t{1} << node % 64) - 1;
    return rank.before + static_cast<std::size_t>(std::popcount(rank.questions & below));
  }

  void walk_portable() { trees.is_wide() ? walk(trees.wide_) : walk(trees.narrow_); }
#if defined(__x86_64__)
  __attribute__((target("popcnt"))) void walk_popcnt() {
    trees.is_wide() ? walk(trees.wide_) : walk(trees.narrow_);
  }
#endif
};

ForestTrees::ForestTrees(const std::vector<Question>& questions, std::vector<GrownTree> trees) {
  std::vector<std::uint32_t> codes(questions.size(), 0);  // by question: 1 if asked, then its code
  for (const GrownTree& tree : trees) {
    for (const std::uint32_t node : tree.nodes) {
      if (node < codes.size()) codes[node] = 1;
    }
  }
  for (std::size_t q = 0; q < codes.size(); ++q) {
    if (codes[q] == 0) continue;
    codes[q] = static_cast<std::uint32_t>(questions_.size());
    questions_.push_back(questions[q]);
  }
  std::vector<std::vector<std::uint32_t>> leaf_of;
  for (const GrownTree& tree : trees) leaf_of.push_back(leaves_.add_all(tree.leaves));
  const auto n_questions = static_cast<std::uint32_t>(questions_.size());
  for (std::size_t t = 0; t < trees.size(); ++t) {
    for (std::uint32_t& node : trees[t].nodes) {
      node = node < codes.size() ? codes[node] : n_questions + leaf_of[t][node - codes.size()];
    }
    append(trees[t].nodes);
    trees[t] = {};
  }
  prepare();
}

void ForestTrees::append(const std::vector<std::uint32_t>& nodes) {
  is_wide() ? append_codes(nodes, wide_) : append_codes(nodes, narrow_);
  begins_.push_back(begins_.back() + nodes.size());
}

void ForestTrees::prepare() {
  shares_ = leaves_.shares();
  ranks_.assign(n_nodes() / 64 + 1, {});
  const auto rank = [&](const auto& nodes) {
    std::uint64_t before = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (i % 64 == 0) ranks_[i / 64].before = before;
      const std::uint64_t asks = nodes[i] < questions_.size() ? 1 : 0;
      ranks_[i / 64].questions |= asks << i % 64;
      before += asks;
    }
  };
  is_wide() ? rank(wide_) : rank(narrow_);
}

void ForestTrees::add_shares(const CompactRows& rows, RowMatrix& proba) const {
  Walk walk{.trees = *this, .rows = rows, .proba = proba};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("popcnt") != 0) return walk.walk_popcnt();
#endif
  walk.walk_portable();
}

void ForestTrees::add_to(TensorBundle& bundle) const {
  std::vector<std::uint32_t> columns;
  std::vector<double> thresholds;
  for (const Question& question : questions_) {
    columns.push_back(question.column);
    thresholds.push_back(question.threshold);
  }
  std::vector<std::uint32_t> sizes;
  for (std::size_t t = 0; t < n_trees(); ++t) {
    sizes.push_back(static_cast<std::uint32_t>(begins_[t + 1] - begins_[t]));
  }
  add_codes(bundle, "column", columns);
  bundle.add("threshold", thresholds);
  leaves_.add_to(bundle);
  bundle.add("tree_size", sizes);
  if (is_wide()) {
    bundle.add("nodes", wide_);
  } else {
    bundle.add("nodes", narrow_);
  }
}

ForestTrees ForestTrees::load(const TensorBundle& bundle, const ModelShape& shape) {
  ForestTrees trees;
  const auto columns = load_codes(bundle, "column", shape.n_columns());
  const double infinity = std::numeric_limits<double>::infinity();
  const auto& thresholds = values_between(bundle, "threshold", columns.size(), -infinity, infinity);
  for (std::size_t q = 0; q < columns.size(); ++q) {
    trees.questions_.push_back({columns[q], thresholds[q]});
  }
  trees.leaves_ = LeafTable::load(bundle, shape);
  for (const std::uint32_t size : bundle.values<std::uint32_t>("tree_size")) {
    trees.begins_.push_back(trees.begins_.back() + size);
  }
  if (trees.n_trees() == 0) throw ModelFileError("array \"tree_size\": a forest without trees");
  if (trees.is_wide()) {
    trees.wide_ = bundle.values<std::uint32_t>("nodes", trees.n_nodes());
  } else {
    trees.narrow_ = bundle.values<std::uint16_t>("nodes", trees.n_nodes());
  }
  trees.check_nodes();
  trees.prepare();
  return trees;
}

void ForestTrees::check_nodes() const {
  const std::size_t n_codes = questions_.size() + leaves_.size();
  const auto check = [&](const auto& nodes) {
    for (std::size_t t = 0; t < n_trees(); ++t) {
      const std::size_t size = begins_[t + 1] - begins_[t];
      std::size_t n_asked = 0;
      for (std::size_t i = 0; i < size; ++i) {
        const std::size_t code = nodes[begins_[t] + i];
        if (code >= n_codes) {
          throw ModelFileError("array \"nodes\": expected codes below ", n_codes, ", got ", code);
        }
        // Somebody leads to node i, and only forwards: then every walk ends.
        if (i > 2 * n_asked) break;
        n_asked += code < questions_.size() ? 1 : 0;
      }
      if (size != 2 * n_asked + 1) {
        throw ModelFileError("array \"nodes\": tree ", t, " of ", size,
                             " nodes does not hang together");
      }
    }
  };
  is_wide() ? check(wide_) : check(narrow_);
}

}  // namespace resml
