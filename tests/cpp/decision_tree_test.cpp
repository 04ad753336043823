#include "resml/learn/decision_tree.hpp"

#include <gtest/gtest.h>

namespace resml {
namespace {

// Indicators a (0) and b (1), one number; the class is 1 where a is on and the number above 2.
TrainingSet small_set() {
  TrainingSet set{.rows = {.n_indicators = 2, .n_numbers = 1}, .n_classes = 2};
  const auto add = [&](std::vector<std::uint32_t> active, double x, double count) {
    set.rows.active.insert(set.rows.active.end(), active.begin(), active.end());
    set.rows.numbers.push_back(x);
    set.rows.starts.push_back(set.rows.active.size());
    set.labels.push_back(!active.empty() && active[0] == 0 && x > 2 ? 1 : 0);
    set.counts.push_back(count);
    set.weights.push_back(count);
  };
  add({0}, 1, 10);
  add({0}, 3, 20);
  add({0, 1}, 4, 10);
  add({1}, 3, 30);
  add({}, 1, 10);
  add({}, 4, 20);
  return set;
}

// By hand: of 100 incidents 30 are of class 1. a: off 60 : 0, on 10 : 30, purity 60 + 25 = 85; the
// number above 2: 20 : 0 and 50 : 30, purity 20 + 42.5. So a is asked first, then the number at 2.
TEST(DecisionTree, AsksWhatTellsMostFirst) {
  const TrainingSet set = small_set();
  const ClassifierPtr tree = DecisionTree::fit({}, set, {});
  const TensorBundle bundle = tree->save();
  EXPECT_EQ(bundle.values<std::uint32_t>("column"),
            (std::vector<std::uint32_t>{0, 0xffffffff, 2, 0xffffffff, 0xffffffff}));
  EXPECT_EQ(bundle.values<double>("threshold"), (std::vector<double>{0, 0, 2, 0, 0}));
  EXPECT_EQ(tree->decide(set.rows, tree->predict_proba(set.rows)), set.labels);
}

TEST(DecisionTree, StopsWhereTooFewIncidentsAreLeft) {
  const TrainingSet set = small_set();
  // The node behind "a is on" holds 40 incidents.
  const ClassifierPtr tree = DecisionTree::fit({.min_samples_split = 41}, set, {});
  EXPECT_EQ(tree->save().values<std::uint32_t>("column").size(), 3U);
  EXPECT_DOUBLE_EQ(tree->predict_proba(set.rows)(0, 1), 0.75);
  EXPECT_EQ(DecisionTree::fit({.min_samples_leaf = 51}, set, {})
                ->save()
                .values<std::uint32_t>("column")
                .size(),
            1U);
}

}  // namespace
}  // namespace resml
