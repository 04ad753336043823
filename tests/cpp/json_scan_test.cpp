#include "resml/platform/json_scan.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace resml {
namespace {

constexpr std::size_t kDepth = 8;

bool parses(const std::string& text) { return nlohmann::json::accept(text); }

TEST(JsonScan, TakesWhatIsUsual) {
  for (const char* text :
       {"{}", "[]", " [ 1 , -0 , 0.5 , 1e-07 , 2E+10 ] \n", "null", "\"\"", "-12",
        R"({"a": {"b": [true, false, null]}, "c": "\u00e4 \n \" \\ \/", "ä": "Zürich"})"}) {
    EXPECT_TRUE(is_surely_json(text, kDepth)) << text;
    EXPECT_TRUE(parses(text)) << text;
  }
}

TEST(JsonScan, RefusesWhatIsNone) {
  for (const char* text :
       {"",         " ",          "{",        "[1,]",     "[,1]",   "[1 2]",   "{\"a\"}",
        "{\"a\":}", "{\"a\":1,}", "{a:1}",    "01",       "-",      "1.",      ".5",
        "1e",       "+1",         "tru",      "nul",      "\"",     "\"\\x\"", "\"\\u12g4\"",
        "\"\n\"",   "[] []",      "\"\xff\"", "\xc3\xa4", "<html>", "\"\\"}) {
    EXPECT_FALSE(is_surely_json(text, kDepth)) << text;
    EXPECT_FALSE(parses(text)) << text;
  }
  EXPECT_FALSE(is_surely_json(std::string(1, '\0'), kDepth));
}

TEST(JsonScan, LeavesTheRareToAParser) {
  for (const char* text : {R"("\ud83d\ude00")", "1e100", "\xef\xbb\xbf[]"}) {
    EXPECT_FALSE(is_surely_json(text, kDepth)) << text;
    EXPECT_TRUE(parses(text)) << text;
  }
  EXPECT_FALSE(is_surely_json("1e999", kDepth));
  EXPECT_FALSE(is_surely_json(std::string(400, '9'), kDepth));
}

TEST(JsonScan, DepthIsBounded) {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  EXPECT_TRUE(is_surely_json(nested(kDepth), kDepth));
  EXPECT_FALSE(is_surely_json(nested(kDepth + 1), kDepth));
  EXPECT_FALSE(is_surely_json(std::string(1'000'000, '['), kDepth));
  EXPECT_TRUE(is_surely_json("[[],[[]],[]]", 3));
}

// Each byte of a text replaced by each other byte: it takes nothing that a parser would not take.
TEST(JsonScan, NeverTakesWhatAParserRefuses) {
  const std::string text = R"({"a": [-1.5e3, 0, "\u00e4\t"], "b": {"c": null}})";
  std::size_t n_taken = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = text;
      changed[i] = static_cast<char>(byte);
      const bool is_taken = is_surely_json(changed, kDepth);
      n_taken += is_taken ? 1 : 0;
      if (is_taken) {
        EXPECT_TRUE(parses(changed)) << i << ' ' << byte;
      }
    }
  }
  EXPECT_GT(n_taken, text.size());
}

}  // namespace
}  // namespace resml
