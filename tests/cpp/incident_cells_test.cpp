#include "resml/data/incident_cells.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "error_of.hpp"
#include "resml/base/error.hpp"

namespace resml {
namespace {

using nlohmann::json;

std::string cell(const char* incident, const std::string& name = "x") {
  return incident_cell(json::parse(incident), name);
}

// Every expected text is what python3's str() prints for the same JSON.
TEST(IncidentCells, HaveTheTextsOfPython) {
  EXPECT_EQ(cell(R"({"x": null})"), "None");
  EXPECT_EQ(cell(R"({"x": true})"), "True");
  EXPECT_EQ(cell(R"({"x": -7})"), "-7");
  EXPECT_EQ(cell(R"({"x": 18446744073709551615})"), "18446744073709551615");
  EXPECT_EQ(cell(R"({"x": 1456708560000})"), "1456708560000");
  EXPECT_EQ(cell(R"({"x": 2.50})"), "2.5");
  EXPECT_EQ(cell(R"({"x": 1e16})"), "1e+16");
  EXPECT_EQ(cell(R"({"x": " it's, \n"})"), " it's, \n");
  EXPECT_EQ(cell(R"({"x": []})"), "[]");
  EXPECT_EQ(cell(R"({"x": [1, 2]})"), "[1, 2]");
  EXPECT_EQ(cell(R"({"x": ["a", "it's", 1.0, null, false, [2]]})"),
            "['a', \"it's\", 1.0, None, False, [2]]");
  EXPECT_EQ(cell(R"({"x": {"content": "x\ny", "format": {"id": 1}}})"),
            "{'content': 'x\\ny', 'format': {'id': 1}}");
}

// OB-CSV-02 and OB-CSV-06.
TEST(IncidentCells, AreSoughtInTheOrderOfTheOriginal) {
  EXPECT_EQ(cell(R"({"x": 1, "properties": {"x": 2}})"), "1");
  EXPECT_EQ(cell(R"({"properties": {"x": 2}, "pii": {"x": 3}})"), "2");
  EXPECT_EQ(cell(R"({"x": null, "properties": {"x": 2}})"), "None");
  EXPECT_EQ(cell(R"({"x": null, "properties": {"x": 2}, "pii": {"x": 3}})"), "3");
  EXPECT_EQ(cell(R"({"gdpr": {"x": null}, "hipaa": {"x": 4}, "regulator_risk": {"x": 5}})"), "4");
  EXPECT_EQ(cell(R"({"properties": null, "gdpr": 7, "regulator_risk": {"x": 5}})"), "5");
  EXPECT_EQ(cell(R"({"y": 1})"), "None");
}

TEST(IncidentCells, DeepNestingIsRefused) {
  const std::string text = R"({"x": )" + std::string(101, '[') + std::string(101, ']') + "}";
  EXPECT_EQ(cell(text.c_str()).size(), 202U);
  const std::string deeper = R"({"x": )" + std::string(102, '[') + std::string(102, ']') + "}";
  EXPECT_EQ(error_of<InputError>([&] { cell(deeper.c_str()); }),
            "incident: field \"x\": nested deeper than 100 levels");
}

TEST(IncidentCells, ATableHasOneRowPerIncident) {
  const std::vector<json> incidents = {{{"a", 1}, {"b", "x"}}, {{"a", 1}}};
  const Table table = incidents_table(incidents, std::vector<std::string>{"b", "a"});
  EXPECT_EQ(table.n_rows, 2U);
  EXPECT_EQ(table.columns[0].name, "b");
  EXPECT_EQ(table.columns[0].values, (std::vector<std::string>{"x", "None"}));
  EXPECT_EQ(table.columns[1].codes, (std::vector<std::uint32_t>{0, 0}));
  EXPECT_EQ(error_of<InputError>([] {
              incidents_table(std::vector<json>{json::object(), 3}, std::vector<std::string>{"a"});
            }),
            "incident 2: expected an object, got number");
}

}  // namespace
}  // namespace resml
