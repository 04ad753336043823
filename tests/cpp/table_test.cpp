#include "resml/data/table.hpp"

#include <gtest/gtest.h>

namespace resml {
namespace {

const Table kTable{.columns = {{"a", {"x", "y"}, {0, 1, 0}}, {"b", {"1"}, {0, 0, 0}}}, .n_rows = 3};

TEST(Table, FindsAColumnByItsWholeName) {
  EXPECT_EQ(find_column(kTable, "b"), &kTable.columns[1]);
  EXPECT_EQ(find_column(kTable, "B"), nullptr);
}

TEST(Table, SelectsRowsInTheOrderAskedAndAsOftenAsAsked) {
  const Table selected =
      select_rows(kTable, std::vector<std::string>{"a"}, std::vector<std::uint32_t>{1, 0, 1, 2});
  ASSERT_EQ(selected.columns.size(), 1U);
  EXPECT_EQ(selected.n_rows, 4U);
  std::string cells;
  for (const std::uint32_t code : selected.columns[0].codes) {
    cells += selected.columns[0].values[code];
  }
  EXPECT_EQ(cells, "yxyx");
}

}  // namespace
}  // namespace resml
