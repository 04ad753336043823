#include "resml/data/cells.hpp"

#include <gtest/gtest.h>

namespace resml {
namespace {

using Members = std::vector<std::string>;

TEST(Cells, NoneIsMissingForAFeatureButNoEmptyCell) {
  EXPECT_TRUE(is_empty_cell(""));
  EXPECT_TRUE(is_empty_cell("#N/A N/A"));
  EXPECT_FALSE(is_empty_cell("None"));
  EXPECT_TRUE(is_missing("None"));
  EXPECT_FALSE(is_missing("none"));
}

TEST(Cells, ParsesWholeValuesOnly) {
  EXPECT_EQ(parse_boolean("tRUE"), true);
  EXPECT_EQ(parse_boolean("False"), false);
  EXPECT_EQ(parse_boolean("yes"), std::nullopt);
}

TEST(Cells, ReadsListsOfBothLanguages) {
  EXPECT_EQ(parse_list("[1, 2]"), (Members{"1", "2"}));
  EXPECT_EQ(parse_list("[]"), Members{});
  EXPECT_EQ(parse_list("['a', \"it's\"]"), (Members{"a", "it's"}));
  EXPECT_EQ(parse_list("[\"x\\\"y\", 'p\\'q', '\\\\']"), (Members{"x\"y", "p'q", "\\"}));
  EXPECT_EQ(parse_list("[true, False, null, None]"), (Members{"True", "False", "None", "None"}));
  EXPECT_EQ(parse_list("[\"\\u00e4\\ud83d\\ude42\", '\\U0001f642', '\\x41']"),
            (Members{"\xc3\xa4\xf0\x9f\x99\x82", "\xf0\x9f\x99\x82", "A"}));
  EXPECT_EQ(parse_list("[[1, 2], {'a': ']'}]"), (Members{"[1, 2]", "{'a': ']'}"}));
  EXPECT_EQ(parse_list("[u'a', u\"b\"]"), (Members{"a", "b"}));
  for (const char* text : {"", "a[1,2,3]", "[abc", "[abc]", "[1 2]", "[1,]", "[1]x", "['a", "[",
                           "[\"\\ud83d\"]", "[\"\\u12\"]", "[[1}]", "[[1]"}) {
    EXPECT_EQ(parse_list(text), std::nullopt) << text;
  }
}

TEST(Cells, AListIsWrittenSoThatItReadsBack) {
  EXPECT_EQ(list_text(Members{"1", "a", "True"}), "[1, 'a', True]");
  const Members hostile = {"",
                           "1",
                           "-2.50",
                           "1e3",
                           "nan",
                           "True",
                           "true",
                           "None",
                           "null",
                           "it's",
                           "\"",
                           "a\\b\n",
                           "[1, 2]",
                           ",]",
                           " 7",
                           "u'a'",
                           "\x01",
                           "\xc2\xa0",
                           "\xf0\x9f\x99\x82"};
  EXPECT_EQ(parse_list(list_text(hostile)), hostile);
}

TEST(Cells, ACategoryHasOneTextWhicheverDoorItComesBy) {
  EXPECT_EQ(category_text("  x"), "x");
  EXPECT_EQ(category_text(""), "None");
  EXPECT_EQ(category_text("  "), "None");
  EXPECT_EQ(category_text("nan"), "None");
  EXPECT_EQ(category_text("[\"a\",1]"), "['a', 1]");
  EXPECT_EQ(category_text("[abc"), "[abc");
}

}  // namespace
}  // namespace resml
