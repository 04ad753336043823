#include "resml/data/field_types.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"
#include "resml/base/error.hpp"
#include "resml/data/column_builder.hpp"

namespace resml {
namespace {

std::string described(const std::string& name, const std::vector<std::string>& cells) {
  ColumnBuilder builder(name);
  for (const std::string& cell : cells) builder.append(cell);
  const FieldType type = infer_field_type(std::move(builder).finish());
  return concat(kind_name(type.kind), ": ", type.reason);
}

std::vector<std::string> whole_numbers(int n, int first = 0) {
  std::vector<std::string> cells;
  for (int i = 0; i < n; ++i) cells.push_back(std::to_string(first + i));
  return cells;
}

TEST(FieldTypes, AreInferredWithAReason) {
  EXPECT_EQ(described("x", {"", "None"}), "category: no value in any row");
  EXPECT_EQ(described("x", {"True", "None", "false"}), "boolean: true or false");
  EXPECT_EQ(described("x", {"[1]", "[]", "['a']"}), "multi-select: 3 distinct lists");
  EXPECT_EQ(described("create_date", {"1456708560000", "None"}),
            "date: milliseconds since 1970, name ends in _date");
  EXPECT_EQ(described("create_date", {"3", "4"}), "category: 2 distinct whole numbers");
  EXPECT_EQ(described("x", {"1.5", "2"}), "number: numbers with a decimal point");
  EXPECT_EQ(described("owner_id", whole_numbers(80)),
            "category: whole numbers, name says they are ids");
  EXPECT_EQ(described("x", whole_numbers(50)), "category: 50 distinct whole numbers");
  EXPECT_EQ(described("x", whole_numbers(51)), "number: 51 distinct whole numbers");
  EXPECT_EQ(described("x", {"a", "b", "7"}), "category: 3 distinct texts");
  EXPECT_EQ(described("x", {std::string(41, 'x')}),
            "text: texts longer than 40 characters on average");
}

TEST(FieldTypes, ACharacterIsOneWhateverItsBytes) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "\xe6\x97\xa5";
  EXPECT_EQ(described("x", {text}), "category: 1 distinct texts");
  EXPECT_EQ(described("x", {text + "x"}), "text: texts longer than 40 characters on average");
}

// A date is one before the few distinct numbers of a small file make it a category.
TEST(FieldTypes, BordersOfDates) {
  EXPECT_EQ(described("x_date", {"9999999999"}), "category: 1 distinct whole numbers");
  EXPECT_EQ(described("x_date", {"10000000000", "4102444799999"}),
            "date: milliseconds since 1970, name ends in _date");
  EXPECT_EQ(described("x_date", {"4102444800000"}), "category: 1 distinct whole numbers");
  EXPECT_EQ(described("x", {"1456708560000"}), "category: 1 distinct whole numbers");
}

TEST(FieldTypes, ManyTextsAreText) {
  std::vector<std::string> cells;
  for (int i = 0; i < 51; ++i) cells.push_back(concat("t", i));
  EXPECT_EQ(described("x", cells), "text: 51 distinct texts in 51 rows");
  for (int i = 0; i < 60; ++i) cells.emplace_back("t0");
  EXPECT_EQ(described("x", cells), "category: 51 distinct texts");
}

TEST(FieldTypes, KindsHaveOneNameAndAFewSpellings) {
  EXPECT_EQ(parse_kind("Multi_Select", "x"), FieldKind::MultiSelect);
  EXPECT_EQ(parse_kind("multiselect", "x"), FieldKind::MultiSelect);
  EXPECT_EQ(
      error_of<InputError>([] { parse_kind("enum", "types: field \"x\""); }),
      "types: field \"x\": expected category, multi-select, boolean, number, date or text, got "
      "\"enum\"");
}

}  // namespace
}  // namespace resml
