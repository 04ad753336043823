#include "resml/learn/forest_trees.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <span>

#include "resml/base/error.hpp"
#include "resml/base/free_memory.hpp"
#include "resml/learn/merged_rows.hpp"
#include "resml/learn/model_rows.hpp"
#include "resml/learn/narrow_codes.hpp"

namespace resml {
namespace {

constexpr std::size_t kBlockRows = 64;
constexpr std::size_t kWorthGivingBack = std::size_t{8} << 20;  // nodes
constexpr std::size_t kWordsAtOnce = 1 << 15;  // rows that go through a tree stay in the cache too

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
  struct Block {
    std::vector<Members> on;  // by indicator
    std::array<const double*, kBlockRows> numbers{};
    std::array<double*, kBlockRows> sums{};
    Members all = 0;
  };

  const ForestTrees& trees;
  const CompactRows& rows;
  RowMatrix& proba;

  // Many blocks go through one tree before the next, so that it stays in the cache.
  template <class Code>
  [[gnu::always_inline]] void walk(const std::vector<Code>& nodes) const {
    const std::vector<std::uint32_t> order = similar_side_by_side(rows);
    const std::size_t at_once =
        std::clamp<std::size_t>(kWordsAtOnce / (rows.n_indicators + 1), 1, 64) * kBlockRows;
    for (std::size_t begin = 0; begin < order.size(); begin += at_once) {
      const std::size_t end = std::min(begin + at_once, order.size());
      std::vector<Block> blocks;
      for (std::size_t first = begin; first < end; first += kBlockRows) {
        blocks.push_back(
            make_block(std::span(order).subspan(first, std::min(kBlockRows, end - first))));
      }
      for (std::size_t tree = 0; tree < trees.n_trees(); ++tree) {
        for (const Block& block : blocks) walk_tree(nodes, tree, block);
      }
    }
  }

  Block make_block(std::span<const std::uint32_t> block_rows) const {
    Block block{.on = std::vector<Members>(rows.n_indicators, 0)};
    for (std::size_t i = 0; i < block_rows.size(); ++i) {
      for (const std::uint32_t j : rows.active_of(block_rows[i])) block.on[j] |= Members{1} << i;
      block.numbers[i] = rows.numbers_of(block_rows[i]).data();
      block.sums[i] = proba.row(static_cast<Eigen::Index>(block_rows[i])).data();
    }
    block.all = ~Members{0} >> (kBlockRows - block_rows.size());
    return block;
  }

  template <class Code>
  [[gnu::always_inline]] void walk_tree(const std::vector<Code>& nodes, std::size_t tree,
                                        const Block& block) const {
    const std::size_t n_questions = trees.questions_.size();
    const std::size_t begin = trees.begins_[tree];
    const std::size_t first = trees.questions_before(begin);
    std::array<Visit, kBlockRows> open;  // disjoint and not empty
    std::size_t n_open = 0;
    open[n_open++] = {0, block.all};
    while (n_open > 0) {
      auto [node, members] = open[--n_open];
      std::size_t code = nodes[begin + node];
      while (code < n_questions) {
        const Members yes = members_with(trees.questions_[code], members, block);
        node = 2 * (trees.questions_before(begin + node) - first) + (yes == members ? 2 : 1);
        if (yes != 0 && yes != members) {
          open[n_open++] = {node + 1, yes};
          members &= ~yes;
        }
        code = nodes[begin + node];
      }
      add_leaf(code - n_questions, members, block);
    }
  }

  [[gnu::always_inline]] Members members_with(const Question& question, Members members,
                                              const Block& block) const {
    if (question.column < rows.n_indicators) return block.on[question.column] & members;
    Members yes = 0;
    for (Members rest = members; rest != 0; rest &= rest - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(rest));
      const bool is_above =
          block.numbers[i][question.column - rows.n_indicators] > question.threshold;
      yes |= Members{is_above ? 1U : 0U} << i;
    }
    return yes;
  }

  [[gnu::always_inline]] void add_leaf(std::size_t leaf, Members members,
                                       const Block& block) const {
    const std::size_t first = trees.leaves_.starts()[leaf];
    const std::size_t last = trees.leaves_.starts()[leaf + 1];
    for (; members != 0; members &= members - 1) {
      double* row = block.sums[static_cast<std::size_t>(std::countr_zero(members))];
      for (std::size_t e = first; e < last; ++e) {
        row[trees.leaves_.class_of()[e]] += trees.shares_[e];
      }
    }
  }

  void walk_portable() const {
    trees.is_wide() ? walk(trees.nodes<std::uint32_t>()) : walk(trees.nodes<std::uint16_t>());
  }
#if defined(__x86_64__)
  __attribute__((target("popcnt"))) void walk_popcnt() const {
    trees.is_wide() ? walk(trees.nodes<std::uint32_t>()) : walk(trees.nodes<std::uint16_t>());
  }
#endif
};

ForestTrees::ForestTrees(const std::vector<Question>& questions, std::vector<GrownTree> trees) {
  std::vector<std::uint32_t> codes(questions.size(), 0);  // by question: 1 if asked, then its code
  for (const GrownTree& tree : trees) {
    std::visit(
        [&](const auto& nodes) {
          for (const std::uint32_t node : nodes) {
            if (node < codes.size()) codes[node] = 1;
          }
        },
        tree.nodes);
  }
  for (std::size_t q = 0; q < codes.size(); ++q) {
    if (codes[q] == 0) continue;
    codes[q] = static_cast<std::uint32_t>(questions_.size());
    questions_.push_back(questions[q]);
  }
  std::vector<std::vector<std::uint32_t>> leaf_of;
  for (const GrownTree& tree : trees) leaf_of.push_back(leaves_.add_all(tree.leaves));
  is_wide() ? join<std::uint32_t>(std::move(trees), codes, leaf_of)
            : join<std::uint16_t>(std::move(trees), codes, leaf_of);
  prepare();
}

// Each tree is gone once its nodes are copied, and no more is allocated than they take.
template <class Code>
void ForestTrees::join(std::vector<GrownTree> trees, const std::vector<std::uint32_t>& codes,
                       const std::vector<std::vector<std::uint32_t>>& leaf_of) {
  for (const GrownTree& tree : trees) {
    begins_.push_back(begins_.back() +
                      std::visit([](const auto& nodes) { return nodes.size(); }, tree.nodes));
  }
  std::vector<Code> joined;
  joined.reserve(n_nodes());
  std::size_t n_given_back = 0;
  for (std::size_t t = 0; t < trees.size(); ++t) {
    const auto append = [&](const auto& nodes) {
      for (const std::size_t node : nodes) {
        const std::size_t code =
            node < codes.size() ? codes[node] : questions_.size() + leaf_of[t][node - codes.size()];
        joined.push_back(static_cast<Code>(code));
      }
    };
    std::visit(append, trees[t].nodes);
    trees[t] = {};
    if (joined.size() - n_given_back < kWorthGivingBack) continue;
    give_back_free_memory();
    n_given_back = joined.size();
  }
  nodes_ = std::make_shared<const Array>(std::move(joined));
}

void ForestTrees::prepare() {
  shares_ = leaves_.shares();
  ranks_.assign(n_nodes() / 64 + 1, {});
  visit_nodes([&](const auto& nodes) {
    std::uint64_t before = 0;
    for (std::size_t word = 0; word < ranks_.size(); ++word) {
      const std::size_t n = std::min<std::size_t>(64, nodes.size() - word * 64);
      std::uint64_t asks = 0;
      for (std::size_t i = 0; i < n; ++i) {
        asks |= std::uint64_t{nodes[word * 64 + i] < questions_.size() ? 1U : 0U} << i;
      }
      ranks_[word] = {asks, before};
      before += static_cast<std::uint64_t>(std::popcount(asks));
    }
  });
}

void ForestTrees::add_shares(const CompactRows& rows, RowMatrix& proba) const {
  const Walk walk{.trees = *this, .rows = rows, .proba = proba};
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
  add_codes(bundle, "column", columns);
  bundle.add("threshold", thresholds);
  leaves_.add_to(bundle);
  bundle.add("tree_size", sizes_of(begins_));
  bundle.add_shared("nodes", nodes_);
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
    bundle.values<std::uint32_t>("nodes", trees.n_nodes());
  } else {
    bundle.values<std::uint16_t>("nodes", trees.n_nodes());
  }
  trees.nodes_ = bundle.tensors().find("nodes")->second.values;
  trees.prepare();
  trees.check_nodes();
  return trees;
}

void ForestTrees::check_nodes() const {
  const std::size_t n_codes = questions_.size() + leaves_.size();
  visit_nodes([&](const auto& nodes) {
    std::size_t largest = 0;
    for (const std::size_t code : nodes) largest = std::max(largest, code);
    if (largest >= n_codes) {
      throw ModelFileError("array \"nodes\": expected codes below ", n_codes, ", got ", largest);
    }
  });
  for (std::size_t t = 0; t < n_trees(); ++t) {
    const std::size_t first = questions_before(begins_[t]);
    const std::size_t size = begins_[t + 1] - begins_[t];
    const auto n_asked = [&](std::size_t node) {
      return questions_before(begins_[t] + node) - first;
    };
    // A question before node i leads to it, if 2 n_asked(i) >= i: then every walk goes forwards,
    // and ends. If so by a margin, the nodes within that margin need no look.
    std::size_t i = 0;
    while (i < size && i <= 2 * n_asked(i)) i = 2 * n_asked(i) + 1;
    if (i != size || size != 2 * n_asked(size) + 1) {
      throw ModelFileError("array \"nodes\": tree ", t, " of ", size,
                           " nodes does not hang together");
    }
  }
}

}  // namespace resml
