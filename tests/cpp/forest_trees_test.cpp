#include "resml/learn/forest_trees.hpp"

#include <gtest/gtest.h>

#include "resml/learn/tree_draft.hpp"

namespace resml {
namespace {

constexpr std::uint32_t kMany = 70'000;  // more than 16 bits tell apart

std::vector<Question> indicators(std::uint32_t n) {
  std::vector<Question> questions;
  for (std::uint32_t j = 0; j < n; ++j) questions.push_back({j, 0.5});
  return questions;
}

// Asks for `question`: class 1 if it is on, else class 0.
GrownTree stump(std::uint32_t n_questions, std::uint32_t question) {
  TreeDraft draft;
  draft.start(n_questions, 2);
  const std::uint32_t no = draft.ask(0, question);
  draft.make_leaf(no, 0);
  draft.make_leaf(no + 1, 1);
  return draft.finish();
}

// Asks for one indicator after the other until one is on: class 1, else class 0.
GrownTree chain(std::uint32_t n_questions) {
  TreeDraft draft;
  draft.start(n_questions, 2);
  std::uint32_t node = 0;
  for (std::uint32_t question = 0; question < n_questions; ++question) {
    node = draft.ask(node, question);
    draft.make_leaf(node + 1, 1);
  }
  draft.make_leaf(node, 0);
  return draft.finish();
}

CompactRows rows_with(std::uint32_t n_indicators, const std::vector<std::uint32_t>& active) {
  CompactRows rows{.n_indicators = n_indicators};
  for (const std::uint32_t j : active) {
    rows.active.push_back(j);
    rows.starts.push_back(rows.active.size());
  }
  rows.starts.push_back(rows.active.size());  // one with nothing on
  return rows;
}

RowMatrix sums(const ForestTrees& trees, const CompactRows& rows) {
  RowMatrix proba = RowMatrix::Zero(static_cast<Eigen::Index>(rows.size()), 2);
  trees.add_shares(rows, proba);
  return proba;
}

template <class Code>
bool has(const GrownTree& tree) {
  return std::holds_alternative<std::vector<Code>>(tree.nodes);
}

TensorBundle saved(const ForestTrees& trees) {
  TensorBundle bundle;
  trees.add_to(bundle);
  return bundle;
}

TEST(ForestTrees, CodesAreAsNarrowAsTheyCanBe) {
  EXPECT_TRUE(has<std::uint16_t>(stump(0x10000 - 2, 7)));
  EXPECT_TRUE(has<std::uint32_t>(stump(0x10000 - 1, 7)));
  // Together they ask three questions, however many there are to ask.
  std::vector<GrownTree> grown;
  for (const std::uint32_t question : {7U, 8U, kMany - 1}) grown.push_back(stump(kMany, question));
  const ForestTrees trees(indicators(kMany), std::move(grown));
  const std::vector<std::uint16_t> nodes = {0, 3, 4, 1, 3, 4, 2, 3, 4};
  EXPECT_EQ(saved(trees).values<std::uint16_t>("nodes"), nodes);
  const RowMatrix expected{{2, 1}, {2, 1}, {3, 0}, {3, 0}};
  EXPECT_EQ(sums(trees, rows_with(kMany, {8, kMany - 1, 9})), expected);
}

TEST(ForestTrees, MoreQuestionsThan16BitsCanTellApart) {
  std::vector<GrownTree> grown;
  grown.push_back(chain(kMany));
  grown.push_back(stump(kMany, kMany - 1));
  const ForestTrees trees(indicators(kMany), std::move(grown));
  const TensorBundle bundle = saved(trees);
  EXPECT_EQ(bundle.values<std::uint32_t>("nodes").size(), 2 * kMany + 1 + 3);
  const CompactRows rows = rows_with(kMany, {0, 12, kMany - 2, kMany - 1});
  const RowMatrix expected{{1, 1}, {1, 1}, {1, 1}, {0, 2}, {2, 0}};
  EXPECT_EQ(sums(trees, rows), expected);
  const ForestTrees loaded =
      ForestTrees::load(bundle, {.n_classes = 2, .n_indicators = kMany, .n_numbers = 0});
  EXPECT_EQ(sums(loaded, rows), expected);
}

TEST(ForestTrees, TheNodesOfAModelAreNotCopied) {
  std::vector<GrownTree> grown;
  grown.push_back(stump(9, 7));
  const TensorBundle bundle = saved(ForestTrees(indicators(9), std::move(grown)));
  const ForestTrees loaded =
      ForestTrees::load(bundle, {.n_classes = 2, .n_indicators = 9, .n_numbers = 0});
  EXPECT_EQ(saved(loaded).tensors().at("nodes").values, bundle.tensors().at("nodes").values);
}

}  // namespace
}  // namespace resml
