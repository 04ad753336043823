#include "resml/data/csv_writer.hpp"

#include <gtest/gtest.h>

namespace resml {
namespace {

std::string row(const std::vector<std::string>& cells) {
  std::string out;
  append_csv_row(out, cells);
  return out;
}

// Every expected text is what Python's csv.writer writes, the one of blanks aside.
TEST(CsvWriter, QuotesOnlyWhereNeeded) {
  EXPECT_EQ(row({"a", "", " b ", "it's"}), "a,, b ,it's\r\n");
  EXPECT_EQ(row({"a,b", "say \"x\"", "\"", "l\nf", "c\rr"}),
            "\"a,b\",\"say \"\"x\"\"\",\"\"\"\",\"l\nf\",\"c\rr\"\r\n");
  EXPECT_EQ(row({"[1, 2]", "\xe6\x97\xa5"}), "\"[1, 2]\",\xe6\x97\xa5\r\n");
  EXPECT_EQ(row({""}), "\"\"\r\n");
  EXPECT_EQ(row({" \t"}), "\" \t\"\r\n");
}

TEST(CsvWriter, AppendsToWhatIsThere) {
  std::string out = "a\r\n";
  append_csv_row(out, std::vector<std::string>{"1"});
  EXPECT_EQ(out, "a\r\n1\r\n");
}

}  // namespace
}  // namespace resml
