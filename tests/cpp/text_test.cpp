#include "resml/base/text.hpp"

#include <gtest/gtest.h>

#include <iomanip>  // std::quoted must not win over ours

namespace resml {
namespace {

TEST(Text, QuotedShowsControlCharacters) {
  EXPECT_EQ(quoted(std::string("a\nb\t\"\x01")), "\"a\\nb\\t\"\\x01\"");
  EXPECT_EQ(quoted("\xc2\x9b"
                   "2J\xc2\xa0\xc3\x9b\x7f"),
            "\"\\u009b2J\xc2\xa0\xc3\x9b\\u007f\"");
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
  EXPECT_EQ(parse_number("-2.5e3"), -2500);
  for (const char* text : {"", "1 ", " 1", "+1", "nan", "inf", "1e999", "0x10", "1,5"}) {
    EXPECT_EQ(parse_number(text), std::nullopt) << text;
  }
}

TEST(Text, ParsesWholeNumbersThatFit) {
  EXPECT_EQ(parse_whole<std::int64_t>("-12"), -12);
  EXPECT_EQ(parse_whole<std::uint32_t>("4294967295"), 4294967295U);
  for (const char* text : {"", "1 ", " 1", "+1", "-1", "1.0", "4294967296"}) {
    EXPECT_EQ(parse_whole<std::uint32_t>(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace resml
