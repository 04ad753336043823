#include "resml/platform/page_rows.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "resml/data/incident_cells.hpp"

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
       {"[1, 2]", "{}", R"({"data": 5})", R"({"data": {"a": 1}})", "null", "\"x\""}) {
    EXPECT_TRUE(rows_of(text, {"a"}, rest).empty());
    EXPECT_EQ(rest, json::parse(text));
  }
}

TEST(PageRows, EveryPrefixEndsWithAnError) {
  const std::string page = kPage;
  for (std::size_t size = 0; size < page.rfind('}'); ++size) {
    const auto read = [&] { read_rows(page.substr(0, size), {"id"}, [](const json&) {}); };
    EXPECT_ANY_THROW(read()) << size;
  }
  for (const char* text : {"{]", "{,", "{\"a\":}", "{\"data\":[}"}) {
    EXPECT_ANY_THROW(read_rows(text, {}, [](const json&) {})) << text;
  }
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
