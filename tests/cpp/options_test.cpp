#include "resml/learn/options.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "error_of.hpp"
#include "resml/base/error.hpp"

namespace resml {
namespace {

struct Example {
  double rate = 0.5;
  double scale = 1e-9;
  std::uint64_t n_trees = 100;

  void each_field(FieldVisitor& visit) {
    visit("rate", rate, between(0, 1), "how fast");
    visit("scale", scale, above(0), "how large");
    visit("n_trees", n_trees, at_least(1), "how many");
  }
};

Example parsed(const nlohmann::json& given) {
  Example options;
  parse_fields("example", given, [&](FieldVisitor& visit) { options.each_field(visit); });
  return options;
}

std::string refusal(const nlohmann::json& given) {
  return error_of<InputError>([&] { parsed(given); });
}

TEST(Options, ComeAsNumbersOrAsTextOfAConfiguration) {
  EXPECT_EQ(parsed(nlohmann::json::object()).n_trees, 100U);
  EXPECT_EQ(parsed({{"n_trees", 7}}).n_trees, 7U);
  EXPECT_EQ(parsed({{"n_trees", 7.0}}).n_trees, 7U);
  EXPECT_EQ(parsed({{"n_trees", " 7 "}}).n_trees, 7U);
  EXPECT_EQ(parsed({{"rate", "0.25"}}).rate, 0.25);
  EXPECT_EQ(parsed({{"rate", 1}}).rate, 1);
}

TEST(Options, OutOfRange) {
  EXPECT_EQ(refusal({{"n_trees", 0}}), "example: option \"n_trees\" must be at least 1, got 0");
  EXPECT_EQ(refusal({{"n_trees", "-3"}}), "example: option \"n_trees\" must be at least 1, got -3");
  EXPECT_EQ(refusal({{"n_trees", 1e300}}),
            "example: option \"n_trees\" must be at most 9007199254740992, got 1e+300");
  EXPECT_EQ(refusal({{"scale", -1}}), "example: option \"scale\" must be above 0, got -1");
  EXPECT_EQ(refusal({{"rate", 1.25}}),
            "example: option \"rate\" must be between 0 and 1, got 1.25");
}

TEST(Options, OfAnotherType) {
  EXPECT_EQ(refusal({{"n_trees", "many"}}),
            "example: option \"n_trees\": expected a whole number, got \"many\"");
  EXPECT_EQ(refusal({{"n_trees", 1.5}}),
            "example: option \"n_trees\": expected a whole number, got 1.5");
  EXPECT_EQ(refusal({{"rate", "nan"}}), "example: option \"rate\": expected a number, got \"nan\"");
  EXPECT_EQ(refusal({{"rate", true}}), "example: option \"rate\": expected a number, got true");
  EXPECT_EQ(refusal({{"rate", {1, 2}}}),
            "example: option \"rate\": expected a number, got \"[1,2]\"");
  EXPECT_EQ(refusal(3), "example: expected options by name, got 3");
}

TEST(Options, OfAnotherName) {
  EXPECT_EQ(refusal({{"n_tree", 5}}),
            "example: unknown option \"n_tree\"; did you mean \"n_trees\"?");
  EXPECT_EQ(refusal({{"colour", 5}}),
            "example: unknown option \"colour\"; the options are rate, scale, n_trees");
}

TEST(Options, AreDescribedByTheSameList) {
  Example options;
  const auto each = [&](FieldVisitor& visit) { options.each_field(visit); };
  const std::vector<OptionInfo> described = describe_fields(each);
  ASSERT_EQ(described.size(), 3U);
  EXPECT_EQ(described[0].range, "between 0 and 1");
  EXPECT_EQ(described[1].default_value, "1e-09");
  EXPECT_EQ(described[1].range, "above 0");
  EXPECT_EQ(described[2].name, "n_trees");
  EXPECT_EQ(described[2].default_value, "100");
  EXPECT_EQ(described[2].meaning, "how many");
  EXPECT_EQ(fields_json(each), nlohmann::json({{"rate", 0.5}, {"scale", 1e-9}, {"n_trees", 100}}));
}

}  // namespace
}  // namespace resml
