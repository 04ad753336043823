#include "resml/learn/block_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "training_sets.hpp"

namespace resml {
namespace {

TEST(BlockOrder, HoldsEveryRowOnceInBlocksThatAreSmallEnough) {
  const CompactRows rows = random_set(1000, 2, 1).rows;
  const BlockOrder order = order_in_blocks(rows, 64, {});
  EXPECT_EQ(order.starts.front(), 0U);
  EXPECT_EQ(order.starts.back(), 1000U);
  for (std::size_t b = 1; b < order.starts.size(); ++b) {
    EXPECT_GT(order.starts[b], order.starts[b - 1]);
    EXPECT_LE(order.starts[b] - order.starts[b - 1], 64U);
  }
  std::vector<std::uint32_t> sorted = order.rows;
  std::ranges::sort(sorted);
  std::vector<std::uint32_t> all(1000);
  std::iota(all.begin(), all.end(), 0U);
  EXPECT_EQ(sorted, all);
}

// Indicator 1 is on in two of four rows, 0 in one; the number varies less than both.
TEST(BlockOrder, PartsByWhatVariesMost) {
  CompactRows rows{.n_indicators = 2, .n_numbers = 1};
  append_row(rows, {1}, {0.1});
  append_row(rows, {0}, {0.3});
  append_row(rows, {1}, {0.2});
  append_row(rows, {}, {0.4});
  const BlockOrder order = order_in_blocks(rows, 2, {});
  EXPECT_EQ(order.rows, (std::vector<std::uint32_t>{1, 3, 0, 2}));
  EXPECT_EQ(order.starts, (std::vector<std::uint32_t>{0, 2, 4}));
}

TEST(BlockOrder, EqualRowsArePartedAnyhow) {
  CompactRows rows{.n_indicators = 1, .n_numbers = 1};
  for (int i = 0; i < 10; ++i) append_row(rows, {0}, {1});
  EXPECT_EQ(order_in_blocks(rows, 4, {}).starts.size(), 5U);
}

}  // namespace
}  // namespace resml
