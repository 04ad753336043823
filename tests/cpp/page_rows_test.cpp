#include "resml/platform/page_rows.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "error_of.hpp"
#include "resml/data/incident_cells.hpp"
#include "resml/platform/json_answer.hpp"

namespace resml {
namespace {

using nlohmann::json;

constexpr const char* kPage = R"( {"recordsTotal" : 3, "x": {"data": [1, {"id": 9}]},
  "data": [ {"id": 1, "a": "]}\"", "b": {"c": [1, "{", null]}, "d": -1.5e3 } ,
            {} , {"id":2,"a":[],"\u0061b":true}, 7, "x", [8] ], "end": "\\" } )";

std::vector<json> rows_of(const char* page, const MemberNames& only, json& rest) {
  std::vector<json> rows;
  rest = read_rows(page, only, [&](const json& row) { rows.push_back(row); });
  return rows;
}

TEST(PageRows, AreThoseOfAParser) {
  json rest;
  json whole = json::parse(kPage);
  EXPECT_EQ(json(rows_of(kPage, {}, rest)), whole["data"]);
  whole["data"] = json::array();
  EXPECT_EQ(rest, whole);
}

TEST(PageRows, HaveOnlyTheMembersNamed) {
  json rest;
  const std::vector<json> rows = rows_of(kPage, {"id", "d", "ab"}, rest);
  EXPECT_EQ(json(rows),
            json::parse(R"([{"id": 1, "d": -1500.0}, {}, {"id": 2, "ab": true}, 7, "x", [8]])"));
}

TEST(PageRows, WhatIsNoPageComesBackAsItIs) {
  json rest;
  for (const char* text :
       {"[1, 2]", "{}", R"({"data": {"b": {"c": 2}}})", R"({"x": {"data": [{"b": 3}]}})",
        R"({"data": 5})", R"({"data": {"a": 1}})", "null", "\"x\""}) {
    EXPECT_TRUE(rows_of(text, {"a"}, rest).empty());
    EXPECT_EQ(rest, json::parse(text));
  }
}

std::string fault_of(const std::string& text) {
  return error_of<JsonFault>([&] { read_rows(text, {"id"}, [](const json&) {}); });
}

TEST(PageRows, EveryPrefixIsDamaged) {
  const std::string page = kPage;
  for (std::size_t size = 0; size < page.rfind('}'); ++size) {
    const std::string prefix = page.substr(0, size);
    EXPECT_EQ(fault_of(prefix), json_fault(prefix)) << size;
  }
  for (const std::string text :
       {"{]", "{,", "{\"a\":}", "{\"data\":[}", "{\"data\":[{\"a\":1e999}]}"})
    EXPECT_EQ(fault_of(text), json_fault(text)) << text;
}

TEST(PageRows, DepthIsBoundedInAndOutsideOfWhatIsWanted) {
  const std::string deep = std::string(100'000, '[');
  for (const std::string& text :
       {deep, "{\"data\":[{\"id\":" + deep, "{\"data\":[{\"other\":" + deep, "{\"x\":" + deep}) {
    EXPECT_EQ(fault_of(text), "is nested deeper than 64 levels");
  }
  const std::string nested = "{\"data\":[" + std::string(62, '[') + std::string(62, ']') + "]}";
  EXPECT_NO_THROW(read_rows(nested, {}, [](const json&) {}));
}

TEST(PageRows, CellsNeedNoMoreThanTheirMembers) {
  const std::vector<std::string> names = {"a", "site", "encrypted"};
  const std::string row =
      R"({"id": 1, "x": 2, "a": null, "properties": {"site": "B"}, "pii": {"encrypted": true}})";
  json lean;
  read_rows("{\"data\": [" + row + "]}", members_looked_at(names),
            [&](const json& read) { lean = read; });
  EXPECT_FALSE(lean.contains("x"));
  for (const std::string& name : names)
    EXPECT_EQ(incident_cell(lean, name), incident_cell(json::parse(row), name));
}

}  // namespace
}  // namespace resml
