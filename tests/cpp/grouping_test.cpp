#include "resml/rows/grouping.hpp"

#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "resml/base/rng.hpp"

namespace resml {
namespace {

using Codes = std::vector<std::uint32_t>;

TEST(GroupRows, FindsEqualRowsInOrderOfFirstAppearance) {
  const Codes a = {1, 1, 2, 1, 2};
  const Codes b = {5, 6, 5, 5, 5};
  const std::vector<std::span<const std::uint32_t>> columns = {a, b};
  const Groups groups = group_rows(columns);
  EXPECT_EQ(groups.first_row, (Codes{0, 1, 2}));
  EXPECT_EQ(groups.counts, (std::vector<std::uint64_t>{2, 1, 2}));
}

TEST(GroupRows, AgreesWithAMapOnManyRows) {
  Rng rng(1);
  Codes a(20'000);
  Codes b(20'000);
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> expected;
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = static_cast<std::uint32_t>(rng.below(120));
    b[i] = static_cast<std::uint32_t>(rng.below(120));
    ++expected[{a[i], b[i]}];
  }
  const std::vector<std::span<const std::uint32_t>> columns = {a, b};
  const Groups groups = group_rows(columns);
  ASSERT_EQ(groups.counts.size(), expected.size());
  for (std::size_t g = 0; g < groups.counts.size(); ++g) {
    const std::uint32_t row = groups.first_row[g];
    EXPECT_EQ(groups.counts[g], (expected[{a[row], b[row]}]));
  }
}

// Rows of two columns whose first codes differ in the lower half of their hashes only: the second
// codes make up for it.
TEST(GroupRows, TellsRowsOfOneHashApart) {
  std::map<std::uint64_t, std::uint32_t> by_upper_half;
  for (std::uint32_t code = 0;; ++code) {
    const std::uint64_t hash = mix_bits(code);
    const auto [other, is_new] = by_upper_half.emplace(hash >> 32, code);
    if (is_new) continue;
    const Codes a = {code, other->second, code};
    const Codes b = {0, static_cast<std::uint32_t>(hash ^ mix_bits(other->second)), 0};
    const std::vector<std::span<const std::uint32_t>> columns = {a, b};
    EXPECT_EQ(group_rows(columns).counts, (std::vector<std::uint64_t>{2, 1}));
    break;
  }
}

TEST(GroupRows, NoRowsNoGroups) {
  const Codes a;
  const std::vector<std::span<const std::uint32_t>> columns = {a};
  EXPECT_TRUE(group_rows(columns).counts.empty());
}

}  // namespace
}  // namespace resml
