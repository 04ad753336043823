#include "resml/data/column_builder.hpp"

#include <gtest/gtest.h>

#include <unordered_map>

#include "resml/base/rng.hpp"

namespace resml {
namespace {

// Texts of all lengths around the border between short and long, in which few letters differ.
TEST(ColumnBuilder, GivesEachTextOneCodeAsAMapDoes) {
  Rng rng(3);
  ColumnBuilder builder("x");
  std::unordered_map<std::string, std::uint32_t> codes;
  std::vector<std::uint32_t> expected;
  for (int i = 0; i < 20000; ++i) {
    std::string cell(rng.below(40), 'a');
    for (int k = 0; k < 2 && !cell.empty(); ++k) {
      cell[rng.below(cell.size())] = static_cast<char>(rng.below(3));
    }
    const auto [found, is_new] = codes.try_emplace(cell, static_cast<std::uint32_t>(codes.size()));
    // What lies behind the cell must not matter.
    const std::string padded = cell + std::string(16, static_cast<char>(rng.below(256)));
    const std::string_view in_padded(padded.data(), cell.size());
    const bool reported = i % 2 == 0 ? builder.append(cell) : builder.append(in_padded, 16);
    ASSERT_EQ(reported, is_new);
    expected.push_back(found->second);
  }
  const Column column = std::move(builder).finish();
  EXPECT_EQ(column.codes, expected);
  ASSERT_EQ(column.values.size(), codes.size());
  for (const auto& [cell, code] : codes) EXPECT_EQ(column.values[code], cell);
}

}  // namespace
}  // namespace resml
