#include "resml/learn/decision_tree.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "error_of.hpp"
#include "known_answers.hpp"
#include "resml/base/error.hpp"

namespace resml {
namespace {

Tree grown(const TrainingSet& set, const TreeLimits& limits = {.min_samples_split = 2}) {
  return grow_tree(limits, set, {});
}

TEST(DecisionTree, AgreesWithScikitLearn) {
  const KnownAnswers known;
  const ClassifierPtr fitted = DecisionTree::fit({}, known.set, {});
  const auto& expected = known.answers["decision_tree"];
  EXPECT_EQ(dynamic_cast<const DecisionTree&>(*fitted).tree().n_nodes(), expected["n_nodes"]);
  EXPECT_LT(largest_difference(fitted->predict_proba(known.queries),
                               KnownAnswers::matrix(expected["proba"])),
            1e-12);
}

// By hand: of 100 incidents 30 are of class 1. Indicator 0: off 60 : 0, on 10 : 30, purity 60 + 25
// = 85; the number above 2: 20 : 0 and 50 : 30, purity 20 + 42.5. So indicator 0 is asked first,
// then the number.
TEST(DecisionTree, AsksWhatTellsMostFirst) {
  TrainingSet set = empty_set(2, 1, 2);
  append_row(set, {0}, {1}, 0, 10);
  append_row(set, {0}, {3}, 1, 20);
  append_row(set, {0, 1}, {4}, 1, 10);
  append_row(set, {1}, {3}, 0, 30);
  append_row(set, {}, {1}, 0, 10);
  append_row(set, {}, {4}, 0, 20);
  const Tree tree = grown(set);
  EXPECT_EQ(tree.column, (std::vector<std::uint32_t>{0, Tree::kLeaf, 2, Tree::kLeaf, Tree::kLeaf}));
  EXPECT_EQ(tree.threshold, (std::vector<double>{0, 0, 2, 0, 0}));
  EXPECT_EQ(tree.class_of, (std::vector<std::uint32_t>{0, 0, 1}));
}

// Indicators 1 and 2 are on in the same rows, 0 in the others, and number 0 says the same: four
// equally good questions.
TEST(DecisionTree, OfEqualQuestionsTheFirstColumnWins) {
  TrainingSet set = empty_set(3, 1, 2);
  append_row(set, {1, 2}, {1}, 0);
  append_row(set, {0}, {2}, 1);
  EXPECT_EQ(grown(set).column.front(), 0U);
  set = empty_set(1, 2, 2);
  append_row(set, {}, {1, 5}, 0);
  append_row(set, {}, {2, 6}, 1);
  EXPECT_EQ(grown(set).column.front(), 1U);
}

// Both ends of 0 | 1 1 | 0 are as good a place to cut.
TEST(DecisionTree, OfEqualThresholdsTheSmallestWins) {
  TrainingSet set = empty_set(0, 1, 2);
  append_row(set, {}, {4}, 0);
  append_row(set, {}, {2}, 1);
  append_row(set, {}, {1}, 0);
  append_row(set, {}, {3}, 1);
  const Tree tree = grown(set);
  EXPECT_EQ(tree.threshold.front(), 1.5);
  EXPECT_EQ(tree.n_leaves(), 3U);
}

// No question about one category alone gains anything here, two together separate the classes.
TEST(DecisionTree, AsksAQuestionThatGainsNothingYet) {
  TrainingSet set = empty_set(2, 0, 2);
  append_row(set, {}, {}, 0);
  append_row(set, {0, 1}, {}, 0);
  append_row(set, {0}, {}, 1);
  append_row(set, {1}, {}, 1);
  EXPECT_EQ(grown(set).n_leaves(), 4U);
}

TEST(DecisionTree, LimitsCountIncidentsNotWeights) {
  TrainingSet set = empty_set(1, 0, 2);
  append_row(set, {0}, {}, 0, 15);
  append_row(set, {}, {}, 1, 4);
  set.weights = {1500, 400};
  EXPECT_EQ(grown(set, {.min_samples_split = 20}).n_leaves(), 1U);
  EXPECT_EQ(grown(set, {.min_samples_split = 19}).n_leaves(), 2U);
  EXPECT_EQ(grown(set, {.min_samples_split = 2, .min_samples_leaf = 5}).n_leaves(), 1U);
  EXPECT_EQ(grown(set, {.min_samples_split = 2, .min_samples_leaf = 4}).n_leaves(), 2U);
}

TEST(DecisionTree, IsNoDeeperThanAllowed) {
  const TrainingSet set = random_set(300, 4, 1);
  EXPECT_EQ(grown(set, {.max_depth = 1}).n_leaves(), 2U);
  EXPECT_LE(grown(set, {.max_depth = 3}).n_leaves(), 8U);
}

// A staircase: each question splits off one row, 3,000 levels deep.
TEST(DecisionTree, DepthIsNoProblem) {
  constexpr std::uint32_t kSteps = 3000;
  TrainingSet set = empty_set(kSteps, 0, 2);
  for (std::uint32_t i = 0; i < kSteps; ++i) append_row(set, {i}, {}, i % 2, 1 + i % 3);
  const Tree tree = grown(set);
  EXPECT_EQ(tree.n_nodes(), 2 * tree.n_leaves() - 1);
}

TEST(DecisionTree, NeighbouringAndTinyNumbersAreToldApart) {
  const double tiny = std::numeric_limits<double>::denorm_min();
  const double next = std::nextafter(1.0, 2.0);
  const std::vector<std::pair<double, double>> pairs = {
      {1, next}, {0, tiny}, {tiny, 2 * tiny}, {-1e308, 1e308}};
  for (const auto& [low, high] : pairs) {
    TrainingSet set = empty_set(0, 1, 2);
    append_row(set, {}, {low}, 0);
    append_row(set, {}, {high}, 1);
    const RowMatrix proba =
        DecisionTree::fit({.min_samples_split = 2}, set, {})->predict_proba(set.rows);
    EXPECT_EQ(proba, RowMatrix::Identity(2, 2)) << low;
  }
}

// Root asks for indicator 0; two leaves.
struct Damaged {
  std::vector<std::uint32_t> column = {0, Tree::kLeaf, Tree::kLeaf};
  std::vector<std::uint32_t> child = {1, 0, 1};
  std::vector<std::uint32_t> leaf_starts = {0, 1, 3};
  std::vector<std::uint32_t> class_of = {0, 0, 1};
  std::vector<double> share = {1, 0.5, 0.5};

  std::string message() const {
    TensorBundle bundle;
    ModelShape{.n_classes = 2, .n_indicators = 1, .n_numbers = 0}.add_to(bundle);
    bundle.add("column", column);
    bundle.add("threshold", std::vector<double>(column.size(), 0));
    bundle.add("child", child);
    bundle.add("leaf_starts", leaf_starts);
    bundle.add("class_of", class_of);
    bundle.add("share", share);
    return error_of<ModelFileError>([&] { DecisionTree::load(bundle); });
  }
};

TEST(DecisionTree, BelievesNothingInAModelFile) {
  EXPECT_EQ(Damaged{}.message(), "(nothing was thrown)");
  EXPECT_EQ(Damaged{.column = {}}.message(), "array \"column\": a tree without nodes");
  EXPECT_EQ((Damaged{.column = {1, Tree::kLeaf, Tree::kLeaf}}.message()),
            "array \"column\": node 0 asks for column 1 of 1");
  EXPECT_EQ((Damaged{.child = {0, 0, 1}}.message()),
            "array \"child\": node 0 of 3 leads to node 0");
  EXPECT_EQ((Damaged{.child = {2, 0, 1}}.message()),
            "array \"child\": node 0 of 3 leads to node 2");
  EXPECT_EQ((Damaged{.child = {1, 0, 2}}.message()), "array \"child\": node 2 is leaf 2 of 2");
  EXPECT_EQ((Damaged{.leaf_starts = {0, 3, 1}}.message()),
            "array \"leaf_starts\": expected an ascending list from 0 to 3");
  EXPECT_EQ((Damaged{.class_of = {0, 0, 2}}.message()), "array \"class_of\": class 2 of 2");
  EXPECT_EQ((Damaged{.share = {1, 0.5, 0.25}}.message()),
            "array \"share\": expected a sum of 1 in leaf 1, got 0.75");
}

}  // namespace
}  // namespace resml
