#include "resml/platform/incident_pages.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"
#include "fake_platform.hpp"
#include "resml/base/error.hpp"
#include "resml/base/text.hpp"

namespace resml {
namespace {

struct Read {
  std::string ids;
  IncidentsRead result;
};

// One page after the other, unless said otherwise, so that a test knows which is which.
DownloadSettings one_by_one(DownloadSettings settings = {}) {
  settings.connections = 1;
  return settings;
}

Read read_all(FakePlatform& platform, const DownloadSettings& settings = one_by_one(),
              std::optional<std::int64_t> started_ms = {}) {
  std::vector<std::string> ids;
  const IncidentEvents events{
      .make_row = [](const nlohmann::json& incident) { return RowText{incident.at("id").dump()}; },
      .on_row =
          [&](std::int64_t id, const RowText& row) {
            EXPECT_EQ(row.text, concat(id));
            ids.push_back(row.text);
          }};
  const IncidentsRead result =
      read_incidents(platform, settings, events, {.started_ms = started_ms});
  return {join(ids, " "), result};
}

std::string refusal_of(const std::string& answer) {
  FakePlatform platform;
  platform.answer = answer;
  return error_of<RemoteError>([&] { read_all(platform); });
}

TEST(IncidentPages, GiveEveryIncidentOnceInTheOrderOfTheIds) {
  FakePlatform platform(7);
  const Read read = read_all(platform);
  EXPECT_EQ(read.ids, "10 20 30 40 50 60 70");
  EXPECT_EQ(read.result.count, 7);
  EXPECT_FALSE(read.result.is_truncated);
  // Three pages, an empty one, the closing count.
  ASSERT_EQ(platform.questions.size(), 5);
  EXPECT_EQ(platform.targets.front(), "/incidents/query_paged?field_handle=-1&return_level=full");
  EXPECT_EQ(platform.questions[1].dump(),
            R"({"filters":[{"conditions":[{"field_name":"id","method":"gt","value":30}]}],)"
            R"("length":1000,"sorts":[{"field_name":"id","type":"asc"}],"start":0})");
}

TEST(IncidentPages, OfAnEmptyPlatformAreNone) {
  FakePlatform platform;
  EXPECT_EQ(read_all(platform).ids, "");
  EXPECT_EQ(platform.questions.size(), 2);
}

TEST(IncidentPages, LoseNothingWhenIncidentsAreDeleted) {
  FakePlatform platform(9);
  platform.before_page = [&](std::size_t n_asked) {
    if (n_asked == 2) platform.incidents.erase(10);
    if (n_asked == 3) platform.incidents.erase(60);
    if (n_asked == 4) platform.incidents.erase(90);
  };
  // 10, 60 and 90 were read before they went.
  EXPECT_EQ(read_all(platform).ids, "10 20 30 40 50 60 70 80 90");
}

TEST(IncidentPages, FindWhatWasCreatedBehindThem) {
  FakePlatform platform(6);
  platform.before_page = [&](std::size_t n_asked) {
    if (n_asked == 2) platform.add(15);  // its id is lower than the page's
    if (n_asked == 3) platform.add(70);
    if (n_asked == 5) platform.add(80);  // while the incidents are counted
  };
  EXPECT_EQ(read_all(platform).ids, "10 20 30 40 50 60 70 15 80");
}

TEST(IncidentPages, FindWhatCameWhileAsManyWent) {
  FakePlatform platform(6);
  const std::int64_t started_ms = ++platform.now_ms;
  platform.before_page = [&](std::size_t n_asked) {
    ++platform.now_ms;
    if (n_asked == 2) {
      platform.incidents.erase(10);
      platform.add(15);
    }
  };
  EXPECT_EQ(read_all(platform, one_by_one(), started_ms).ids, "10 20 30 40 50 60 15");
  EXPECT_EQ(
      platform.questions[4]["filters"][0]["conditions"][0].dump(),
      concat(R"({"field_name":"inc_last_modified_date","method":"gte","value":)", started_ms, "}"));
}

TEST(IncidentPages, CostOneQuestionMoreWhereNothingChanged) {
  FakePlatform platform(7);
  read_all(platform, one_by_one(), platform.now_ms + 1);
  EXPECT_EQ(platform.questions.size(), 6);
}

TEST(IncidentPages, OverlapWhereNoConditionOnIdsIsTaken) {
  FakePlatform platform(8);
  platform.refused_methods = {"gt"};
  EXPECT_EQ(read_all(platform).ids, "10 20 30 40 50 60 70 80");
  std::vector<int> starts;
  for (const auto& asked : platform.questions) starts.push_back(asked["start"]);
  // The refused one, overlaps of a row, the closing count.
  EXPECT_EQ(starts, (std::vector<int>{0, 0, 2, 4, 6, 7, 0}));
  EXPECT_EQ(read_all(platform, one_by_one({.max_count = 5})).ids, "10 20 30 40 50");
  EXPECT_TRUE(read_all(platform, one_by_one({.max_count = 7})).result.is_truncated);
  EXPECT_FALSE(read_all(platform, one_by_one({.max_count = 8})).result.is_truncated);
}

TEST(IncidentPages, LoseNothingByOffsetsWhenRowsComeAndGo) {
  FakePlatform platform(9);
  platform.refused_methods = {"gt"};
  platform.before_page = [&](std::size_t n_asked) {
    if (n_asked == 3) {  // behind 10 to 30
      platform.incidents.erase(10);
      platform.incidents.erase(20);
    }
    if (n_asked == 6) platform.add(15);
  };
  EXPECT_EQ(read_all(platform).ids, "10 20 30 40 50 60 70 80 90 15");
}

TEST(IncidentPages, OtherRefusalsEndTheDownload) {
  FakePlatform platform(9);
  platform.before_page = [](std::size_t n_asked) {
    if (n_asked == 2) throw StatusError(403, "no");
  };
  EXPECT_EQ(error_of<RemoteError>([&] { read_all(platform); }), "no");
  platform.before_page = [](std::size_t) { throw StatusError(400, "bad"); };
  EXPECT_EQ(error_of<RemoteError>([&] { read_all(platform); }), "bad");
}

TEST(IncidentPages, DoNotMindWhatIsGoneBeforeItIsLookedAt) {
  FakePlatform platform(3);
  platform.before_page = [&](std::size_t n_asked) {
    if (n_asked == 2) platform.add(15);
    if (n_asked == 7) platform.incidents.erase(15);  // its id is known, itself not yet read
  };
  EXPECT_EQ(read_all(platform).ids, "10 20 30");
  EXPECT_EQ(platform.questions.at(6)["filters"][0]["conditions"][0]["method"], "equals");
}

TEST(IncidentPages, GiveADoubledRowOnce) {
  FakePlatform platform(2);
  platform.before_page = [&](std::size_t n_asked) {
    platform.answer = n_asked == 1   ? R"({"data": [{"id": 1}, {"id": 1}, {"id": 2}]})"
                      : n_asked == 2 ? R"({"data": []})"
                                     : R"({"recordsTotal": 2, "data": []})";
  };
  EXPECT_EQ(read_all(platform).ids, "1 2");
}

TEST(IncidentPages, EndAtMaxCountAndSayWhetherThereAreMore) {
  FakePlatform platform(7);
  DownloadSettings settings = one_by_one({.max_count = 4});
  const Read read = read_all(platform, settings);
  EXPECT_EQ(read.ids, "10 20 30 40");
  EXPECT_TRUE(read.result.is_truncated);
  EXPECT_EQ(platform.questions.front()["length"], 5);
  EXPECT_EQ(platform.questions.size(), 2);
  settings.max_count = 7;
  EXPECT_FALSE(read_all(platform, settings).result.is_truncated);
}

TEST(IncidentPages, AreFilteredByThePlatform) {
  FakePlatform platform(7);
  const DownloadSettings settings{
      .time_field = "seen", .from_ms = 20'000, .until_ms = 50'000, .max_count = 3};
  // max_count counts what the filter let through (OB-DL-05).
  EXPECT_EQ(read_all(platform, settings).ids, "20 30 40");
  EXPECT_EQ(count_incidents(platform, settings), 4);
}

TEST(IncidentPages, RefuseRowsThatAreNoIncidents) {
  const std::string place = "POST /incidents/query_paged: row 2: expected an incident";
  EXPECT_EQ(refusal_of(R"({"data": [{"id": 1}, 7]})"), place + ", got number");
  EXPECT_EQ(refusal_of(R"({"data": [{"id": 1}, [{"id": 2}]]})"), place + ", got array");
  const std::string with_id = place + " with a whole number as id, got ";
  EXPECT_EQ(refusal_of(R"({"data": [{"id": 1}, {"name": "a"}]})"), with_id + "none");
  EXPECT_EQ(refusal_of(R"({"data": [{"id": 1}, {"id": "2"}]})"), with_id + R"(""2"")");
  EXPECT_EQ(refusal_of(R"({"data": [{"id": 1}, {"id": 2.5}]})"), with_id + R"("2.5")");
  EXPECT_EQ(refusal_of(R"({"data": [{"id": 1}, {"id": 18446744073709551615}]})"),
            with_id + R"("18446744073709551615")");
}

TEST(IncidentPages, RefuseAnswersOfAnotherShape) {
  const std::string told =
      "POST /incidents/query_paged: expected an object with the list \"data\", got something else";
  for (const char* answer : {"[]", "7", "{}", R"({"data": {"id": 1}})", R"({"data": null})",
                             R"({"rows": [{"id": 1}]})", R"({"a": {"data": [{"id": 1}]}})"}) {
    EXPECT_EQ(refusal_of(answer), told) << answer;
  }
}

TEST(IncidentPages, RefuseAServerThatDoesNotSortOrFilter) {
  const std::string told =
      "POST /incidents/query_paged: expected incidents in the order of their ids, got ";
  EXPECT_EQ(refusal_of(R"({"data": [{"id": 5}, {"id": 4}]})"),
            told + "4 where a higher one than 5 was asked for");
  // The same page for ever.
  EXPECT_EQ(refusal_of(R"({"data": [{"id": 4}, {"id": 5}]})"),
            told + "4 where a higher one than 5 was asked for");
  EXPECT_EQ(refusal_of(R"({"data": [{"id": 5}]})"),
            told + "5 where a higher one than 5 was asked for");
}

TEST(IncidentPages, AreUsedOnlyWhenTheyWereReadWhole) {
  FakePlatform platform;
  platform.answer = R"({"data": [{"id": 1}, {"id": 2}, 7]})";
  std::size_t n_made = 0;
  std::size_t n_used = 0;
  const DownloadSettings settings;
  const IncidentEvents events{.make_row =
                                  [&](const nlohmann::json&) {
                                    ++n_made;
                                    return RowText();
                                  },
                              .on_row = [&](std::int64_t, const RowText&) { ++n_used; }};
  EXPECT_THROW(read_incidents(platform, settings, events), RemoteError);
  EXPECT_EQ(n_made, 2);
  EXPECT_EQ(n_used, 0);
}

}  // namespace
}  // namespace resml
