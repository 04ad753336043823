#include "resml/learn/merged_rows.hpp"

#include <gtest/gtest.h>

#include "training_sets.hpp"

namespace resml {
namespace {

TEST(MergedRows, SumsTheWeightsOfEqualRowsOverTheLabels) {
  TrainingSet set = empty_set(3, 1, 2);
  append_row(set, {0, 2}, {1}, 0, 2);
  append_row(set, {0, 2}, {3}, 0, 1);
  append_row(set, {0, 2}, {1}, 1, 5);
  append_row(set, {2}, {1}, 1, 1);
  set.weights[3] = 0;
  const MergedRows merged = merge_equal_rows(set);
  EXPECT_EQ(merged.weights, (std::vector<double>{7, 1}));
  EXPECT_EQ(merged.place_of, (std::vector<std::uint32_t>{0, 1, 0, MergedRows::kLeftOut}));
  EXPECT_EQ(merged.rows.active, (std::vector<std::uint32_t>{0, 2, 0, 2}));
  EXPECT_EQ(merged.rows.numbers, (std::vector<double>{1, 3}));
}

TEST(MergedRows, ClassByClassSimilarRowsSideBySide) {
  TrainingSet set = empty_set(3, 1, 3);
  append_row(set, {1, 2}, {1}, 2, 2);
  append_row(set, {0, 2}, {3}, 0, 1);
  append_row(set, {1, 2}, {1}, 0, 5);
  append_row(set, {1, 2}, {1}, 2, 1);
  append_row(set, {0}, {1}, 1, 1);
  append_row(set, {0, 1}, {1}, 1, 4);
  set.weights[4] = 0;
  set.weights[2] = 7;
  const ClassifiedRows merged = merge_by_class(set);
  EXPECT_EQ(merged.rows.active, (std::vector<std::uint32_t>{0, 1, 0, 2, 1, 2}));
  EXPECT_EQ(merged.rows.numbers, (std::vector<double>{1, 3, 1}));
  EXPECT_EQ(merged.starts, (std::vector<std::uint32_t>{0, 1, 2, 4}));
  EXPECT_EQ(merged.class_of, (std::vector<std::uint32_t>{1, 0, 0, 2}));
  EXPECT_EQ(merged.counts, (std::vector<double>{4, 1, 5, 3}));
  EXPECT_EQ(merged.weights, (std::vector<double>{4, 1, 7, 3}));
}

}  // namespace
}  // namespace resml
