#include "resml/rows/distinct_rows.hpp"

#include <gtest/gtest.h>

#include "training_sets.hpp"

namespace resml {
namespace {

using Numbers = std::vector<std::uint32_t>;

TrainingSet few_rows() {
  TrainingSet set = empty_set(3, 1, 2);
  append_row(set, {0, 2}, {1}, 0);
  append_row(set, {0}, {1}, 0);
  append_row(set, {0, 2}, {1}, 1);
  append_row(set, {0, 2}, {1.5}, 0);
  append_row(set, {0, 2}, {1}, 0);
  append_row(set, {0}, {1}, 0);
  return set;
}

TEST(DistinctRows, WhateverTheLabel) {
  const TrainingSet set = few_rows();
  const DistinctRows distinct = find_distinct_rows(set.rows, {}, set.weights);
  EXPECT_EQ(distinct.first_row, (Numbers{0, 1, 3}));
  EXPECT_EQ(distinct.group_of, (Numbers{0, 1, 0, 2, 0, 1}));
}

TEST(DistinctRows, ByLabel) {
  const TrainingSet set = few_rows();
  const DistinctRows distinct = find_distinct_rows(set.rows, set.labels, set.weights);
  EXPECT_EQ(distinct.first_row, (Numbers{0, 1, 2, 3}));
  EXPECT_EQ(distinct.group_of, (Numbers{0, 1, 2, 3, 0, 1}));
}

TEST(DistinctRows, ARowOfWeightZeroIsNone) {
  TrainingSet set = few_rows();
  set.weights[0] = 0;
  const DistinctRows distinct = find_distinct_rows(set.rows, {}, set.weights);
  EXPECT_EQ(distinct.first_row, (Numbers{1, 2, 3}));
  EXPECT_EQ(distinct.group_of, (Numbers{DistinctRows::kNone, 0, 1, 2, 1, 0}));
}

TEST(DistinctRows, ManyRows) {
  const TrainingSet set = random_set(20000, 2, 1);
  const DistinctRows distinct = find_distinct_rows(set.rows, {}, set.weights);
  EXPECT_EQ(distinct.first_row.size(), 4U * 3 * 5 * 8 * 3);  // all there are
  for (std::size_t i = 0; i < set.size(); ++i) {
    const std::uint32_t first = distinct.first_row[distinct.group_of[i]];
    ASSERT_TRUE(std::ranges::equal(set.rows.active_of(i), set.rows.active_of(first)));
    ASSERT_TRUE(std::ranges::equal(set.rows.numbers_of(i), set.rows.numbers_of(first)));
  }
}

}  // namespace
}  // namespace resml
