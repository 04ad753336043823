#include "resml/base/text.hpp"

#include <gtest/gtest.h>

#include <iomanip>  // std::quoted must not win over ours

namespace resml {
namespace {

TEST(Text, QuotedShowsControlCharacters) {
  EXPECT_EQ(quoted(std::string("a\nb\t\"\x01")), "\"a\\nb\\t\"\\x01\"");
  std::string changeable = "a\n";  // not const: another overload
  EXPECT_EQ(concat(quoted(changeable)), "\"a\\n\"");
}

TEST(Text, QuotedShortensBetweenCharacters) {
  const std::string text = std::string(79, 'x') + "\xc3\xa4" + "tail";
  EXPECT_EQ(quoted(text), "\"" + std::string(79, 'x') + "...\"");
}

TEST(Text, SplitsAtCommasAndTrims) {
  EXPECT_EQ(split_at_commas(" a, b c ,,d "), (std::vector<std::string>{"a", "b c", "d"}));
  EXPECT_TRUE(split_at_commas(" , ").empty());
}

TEST(Text, SaysOneOfSeveral) {
  EXPECT_EQ(either_of({}), "");
  EXPECT_EQ(either_of(std::vector<std::string>{"a"}), "a");
  EXPECT_EQ(either_of(std::vector<std::string>{"a", "b"}), "a or b");
  EXPECT_EQ(either_of(std::vector<std::string>{"a", "b", "c"}), "a, b or c");
}

TEST(Text, NamesTheNearestOnly) {
  const std::vector<std::string> names = {"split", "prediction", "features"};
  EXPECT_EQ(did_you_mean("spilt", names), "; did you mean \"split\"?");
  EXPECT_EQ(did_you_mean("spoilt", names), "; did you mean \"split\"?");
  EXPECT_EQ(did_you_mean("splt", names, "keys"), "; did you mean \"split\"?");
  EXPECT_EQ(did_you_mean("slat", names, "keys"), "; the keys are split, prediction, features");
  EXPECT_EQ(did_you_mean("splt", {}, "keys"), "");
  EXPECT_TRUE(all_names(std::vector<std::string>(63, "x"), "keys").ends_with("x, x and 3 more"));
  EXPECT_EQ(did_you_mean("predicton", names), "; did you mean \"prediction\"?");
  EXPECT_EQ(did_you_mean("Feature", names), "; did you mean \"features\"?");
  EXPECT_EQ(did_you_mean("zzz", names), "");
}

TEST(Text, ParsesFiniteNumbersOnly) {
  double value = 0;
  EXPECT_TRUE(parse_double("-2.5e3", value));
  EXPECT_EQ(value, -2500);
  for (const char* text : {"", "1 ", " 1", "+1", "nan", "inf", "1e999", "0x10", "1,5"}) {
    EXPECT_FALSE(parse_double(text, value)) << text;
  }
}

}  // namespace
}  // namespace resml
