#include "resml/platform/json_answer.hpp"

#include <gtest/gtest.h>

namespace resml {
namespace {

TEST(JsonAnswer, SaysWhatIsWrong) {
  EXPECT_EQ(json_fault(R"({"a": [1, 2.5, "x", null, true]})"), "");
  EXPECT_EQ(json_fault("[]"), "");
  EXPECT_EQ(json_fault(" \n"), "is empty");
  EXPECT_EQ(json_fault(R"({"a": [1, 2)"), "is no JSON from byte 12 on");
  EXPECT_EQ(json_fault("<html>"), "is no JSON from byte 1 on");
  EXPECT_EQ(json_fault("{\"a\": \"\xff\"}"), "is no JSON from byte 8 on");
}

TEST(JsonAnswer, EveryPrefixOfAnObjectIsDamaged) {
  const std::string text = R"({"data": [{"id": 1, "name": "\u00e4"}], "n": -1.5e3})";
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_NE(json_fault(text.substr(0, size)), "") << size;
}

TEST(JsonAnswer, DepthIsBounded) {
  EXPECT_EQ(json_fault(std::string(64, '[') + std::string(64, ']')), "");
  EXPECT_EQ(json_fault(std::string(1'000'000, '[')), "is nested deeper than 64 levels");
}

}  // namespace
}  // namespace resml
