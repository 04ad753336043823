#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "resml/base/matrix.hpp"
#include "resml/learn/leaf_table.hpp"
#include "resml/learn/model_shape.hpp"
#include "resml/rows/compact_rows.hpp"
#include "resml/tensor/tensor_bundle.hpp"

namespace resml {

struct Question {
  std::uint32_t column = 0;  // an indicator, or n_indicators + the number asked for
  double threshold = 0;      // "yes" above it; 0.5 for an indicator
};

constexpr std::size_t kShortCodes = 0x10000;  // that 16 bits can tell apart

// A tree as it was grown. Its nodes stand level by level, the root first, so that the k-th question
// (from 0) leads to the nodes 2k + 1 ("no") and 2k + 2 ("yes"). A node is one code: a question or,
// counted on from the last question, a leaf.
struct GrownTree {
  // In 16 bits if there are at most kShortCodes codes.
  std::variant<std::vector<std::uint16_t>, std::vector<std::uint32_t>> nodes;
  LeafTable leaves;
};

// Many trees with common tables of questions and leaves.
class ForestTrees {
 public:
  // Questions that nobody asks are dropped.
  ForestTrees(const std::vector<Question>& questions, std::vector<GrownTree> trees);
  // ModelFileError unless every walk ends in a leaf.
  static ForestTrees load(const TensorBundle& bundle, const ModelShape& shape);
  void add_to(TensorBundle& bundle) const;

  std::size_t n_trees() const { return begins_.size() - 1; }
  std::size_t n_nodes() const { return begins_.back(); }

  // Adds to each row of `proba` the shares of its leaf in each tree.
  void add_shares(const CompactRows& rows, RowMatrix& proba) const;

 private:
  // Which of 64 nodes are questions, and how many questions are before them.
  struct Rank {
    std::uint64_t questions = 0;
    std::uint64_t before = 0;
  };
  struct Walk;

  ForestTrees() = default;
  bool is_wide() const { return questions_.size() + leaves_.size() > kShortCodes; }
  template <class Code>
  const std::vector<Code>& nodes() const {
    return std::get<std::vector<Code>>(*nodes_);
  }
  // visit(codes of the nodes of all trees), in the width that they have.
  template <class Visit>
  void visit_nodes(Visit visit) const {
    is_wide() ? visit(nodes<std::uint32_t>()) : visit(nodes<std::uint16_t>());
  }
  template <class Code>
  void join(std::vector<GrownTree> trees, const std::vector<std::uint32_t>& codes,
            const std::vector<std::vector<std::uint32_t>>& leaf_of);
  void check_nodes() const;
  // Of all trees.
  std::size_t questions_before(std::size_t node) const {
    const Rank& rank = ranks_[node / 64];
    const std::uint64_t below = (std::uint64_t{1} << node % 64) - 1;
    return rank.before + static_cast<std::size_t>(std::popcount(rank.questions & below));
  }
  void prepare();

  std::vector<Question> questions_;
  LeafTable leaves_;
  std::vector<std::uint64_t> begins_{0};  // by tree, and the end
  // The nodes of all trees in 16 bits each, or 32 if is_wide(). By far the largest part of a model,
  // and so shared with the bundle that it comes from or goes to.
  std::shared_ptr<const Array> nodes_;

  // Made from the above.
  std::vector<double> shares_;
  std::vector<Rank> ranks_;
};

}  // namespace resml
