#include "resml/base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace resml {
namespace {

constexpr std::size_t kValid = std::string_view::npos;

TEST(Utf8, AcceptsTheEndsOfEveryRange) {
  EXPECT_EQ(find_invalid_utf8(""), kValid);
  EXPECT_EQ(find_invalid_utf8("plain text that is longer than a word\x7f"), kValid);
  EXPECT_EQ(find_invalid_utf8("\xc2\x80\xdf\xbf"), kValid);
  EXPECT_EQ(find_invalid_utf8("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"), kValid);
  EXPECT_EQ(find_invalid_utf8("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"), kValid);
}

TEST(Utf8, FindsTheFirstMalformedCharacter) {
  EXPECT_EQ(find_invalid_utf8("a\x80"), 1U);
  EXPECT_EQ(find_invalid_utf8("\xc1\xbf"), 0U);              // overlong
  EXPECT_EQ(find_invalid_utf8("\xe0\x9f\xbf"), 0U);          // overlong
  EXPECT_EQ(find_invalid_utf8("\xf0\x8f\xbf\xbf"), 0U);      // overlong
  EXPECT_EQ(find_invalid_utf8("12345678\xed\xa0\x80"), 8U);  // surrogate
  EXPECT_EQ(find_invalid_utf8("\xf4\x90\x80\x80"), 0U);      // above U+10FFFF
  EXPECT_EQ(find_invalid_utf8("\xf5\x80\x80\x80"), 0U);
  EXPECT_EQ(find_invalid_utf8("ab\xe2\x82"), 2U);  // cut off
  EXPECT_EQ(find_invalid_utf8("\xe2\x28\xa1"), 0U);
  EXPECT_EQ(find_invalid_utf8("\xf0\x9f\x98 "), 0U);
}

TEST(Utf8, CountsCharacters) {
  EXPECT_EQ(count_characters(""), 0U);
  EXPECT_EQ(count_characters("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"), 4U);
}

TEST(Utf8, KnowsControlCharacters) {
  for (const char* text : {"\n", "\x1f", "\x7f"}) EXPECT_EQ(control_length(text), 1U);
  for (const char* text : {"\xc2\x80", "\xc2\x9f"}) EXPECT_EQ(control_length(text), 2U);
  for (const char* text : {"", " \n", "\xc2\xa0", "\xc3\x9b", "\xc2", "\x9b"})
    EXPECT_EQ(control_length(text), 0U);
  EXPECT_TRUE(has_control("plain \xc2\x9b"));
  EXPECT_FALSE(has_control("plain \xc3\xa4"));
}

TEST(Utf8, ShortensBetweenCharacters) {
  EXPECT_EQ(shortened("a\xe2\x82\xac", 4), "a\xe2\x82\xac");
  EXPECT_EQ(shortened("a\xe2\x82\xac", 3), "a");
  EXPECT_EQ(shortened("\xe2\x82\xac", 1), "");
}

TEST(Utf8, WritesTheEndsOfEveryRange) {
  std::string out;
  for (const std::uint32_t code : {0U, 0x7fU, 0x80U, 0x7ffU, 0x800U, 0xffffU, 0x10000U, 0x10ffffU})
    append_utf8(out, code);
  EXPECT_EQ(out, std::string("\0\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80"
                             "\xf4\x8f\xbf\xbf",
                             20));
}

}  // namespace
}  // namespace resml
