#include <gtest/gtest.h>

#include <filesystem>

#include "error_of.hpp"
#include "fake_platform.hpp"
#include "resml/base/error.hpp"
#include "resml/base/file.hpp"
#include "resml/platform/download_state.hpp"
#include "resml/platform/incident_download.hpp"
#include "resml/platform/saved_rows.hpp"
#include "temp_folder.hpp"

namespace resml {
namespace {

class IncidentUpdate : public testing::Test {
 protected:
  IncidentUpdate() { platform_.has_changed_field = true; }

  DownloadPlan plan(const std::string& path) {
    return {.path = path, .settings = settings_, .started_ms = ++platform_.now_ms};
  }
  FieldDefinitions fields() { return fetch_field_definitions(platform_); }
  std::string download(const std::string& path) {
    download_incidents(platform_, fields(), plan(path), {});
    return read_file(path);
  }
  IncidentsUpdated update() { return update_incidents(platform_, fields(), plan(csv_), {}); }

  FakePlatform platform_{9};
  DownloadSettings settings_{.connections = 1};  // a test knows which question is which
  const TempFolder temp_;
  const std::filesystem::path& folder_ = temp_.path();
  const std::string csv_ = (folder_ / "a.csv").string();
  const std::string fresh_ = (folder_ / "fresh.csv").string();
};

TEST_F(IncidentUpdate, LeavesWhatANewDownloadWould) {
  download(csv_);
  platform_.now_ms += 10;
  platform_.incidents.erase(10);
  platform_.incidents.erase(50);
  platform_.add(15);
  platform_.add(100);
  platform_.add(60);  // again, changed
  platform_.incidents[60]["name"] = "a, \"b\"\r\n";
  const IncidentsUpdated updated = update();
  EXPECT_EQ(updated.count, 9);
  EXPECT_EQ(updated.n_new, 2);
  EXPECT_EQ(updated.n_changed, 1);
  EXPECT_EQ(updated.n_deleted, 2);
  EXPECT_EQ(read_state(state_file_of(csv_))->deleted, (std::vector<std::int64_t>{10, 50}));
  const std::string left = read_file(csv_);
  EXPECT_EQ(left, download(fresh_));
}

TEST_F(IncidentUpdate, FindsWhatComesAndGoesMeanwhile) {
  download(csv_);
  const std::size_t n_before = platform_.questions.size();
  platform_.add(30);
  platform_.before_page = [&](std::size_t n_asked) {
    ++platform_.now_ms;
    if (n_asked == n_before + 6) platform_.add(5);  // behind the list of ids
    if (n_asked == n_before + 7) platform_.incidents.erase(90);
  };
  EXPECT_EQ(update().n_new, 1);
  platform_.before_page = {};
  // What went behind the list of ids goes with the next one.
  EXPECT_EQ(update().n_deleted, 1);
  const std::string left = read_file(csv_);
  EXPECT_EQ(left, download(fresh_));
}

TEST_F(IncidentUpdate, TakesNoMoreThanTheMostThatIsWanted) {
  settings_.max_count = 3;
  download(csv_);
  platform_.now_ms += 10;
  platform_.add(100);
  EXPECT_EQ(update().n_new, 0);
  platform_.add(5);
  const IncidentsUpdated updated = update();
  EXPECT_TRUE(updated.is_truncated);
  EXPECT_EQ(updated.n_deleted, 1);  // 30 is not among the first three any more
  const std::string left = read_file(csv_);
  EXPECT_EQ(left, download(fresh_));
}

TEST_F(IncidentUpdate, WhatComesBackIsDeletedNoMore) {
  download(csv_);
  platform_.incidents.erase(10);
  EXPECT_EQ(update().n_deleted, 1);
  platform_.add(10);
  EXPECT_EQ(update().n_new, 1);
  EXPECT_TRUE(read_state(state_file_of(csv_))->deleted.empty());
}

TEST_F(IncidentUpdate, FindsOldOnesThatBecameVisible) {
  download(csv_);
  platform_.add(45);
  platform_.incidents[45]["inc_last_modified_date"] = 1;
  EXPECT_EQ(update().n_new, 1);
  const std::string left = read_file(csv_);
  EXPECT_EQ(left, download(fresh_));
}

TEST_F(IncidentUpdate, OrdersWhatADownloadFoundLate) {
  platform_.before_page = [&](std::size_t n_asked) {
    if (n_asked == 2) platform_.add(15);
  };
  download(csv_);
  platform_.before_page = {};
  update();
  const std::string left = read_file(csv_);
  EXPECT_EQ(left, download(fresh_));
}

TEST_F(IncidentUpdate, NeedsTheFileAsItWas) {
  download(csv_);
  const std::string text = read_file(csv_);
  write_file_atomically(csv_, "x" + text.substr(1), FileMode::Private);
  EXPECT_EQ(
      error_of<InputError>([&] { update(); }),
      csv_ +
          ": was changed since it was downloaded; download anew, without --since-last or --resume");
  write_file_atomically(csv_, text + "1,2\r\n", FileMode::Private);
  EXPECT_EQ(error_of<InputError>([&] { update(); }),
            csv_ + ": row 10 is not one of a download; download it anew");
}

TEST_F(IncidentUpdate, NeedsAState) {
  download(csv_);
  std::filesystem::remove(state_file_of(csv_));
  EXPECT_EQ(error_of<InputError>([&] { update(); }), csv_ + ": has no state");
}

TEST_F(IncidentUpdate, SaysWhatStandsInTheWay) {
  const auto obstacle = [&] { return update_obstacle(fields(), plan(csv_)); };
  EXPECT_EQ(obstacle(), "there is no such file yet");
  download(csv_);
  EXPECT_EQ(obstacle(), "");
  settings_.from_ms = 1;
  EXPECT_EQ(obstacle(), "time_start is another one");
  platform_.has_changed_field = false;
  EXPECT_EQ(obstacle(), "the platform has no fields id and inc_last_modified_date");
  EXPECT_EQ(update_obstacle(fields(), {.path = csv_}), "the platform does not say what time it is");
  download_incidents(platform_, fields(), {.path = csv_}, {});
  EXPECT_EQ(obstacle(), "there is no " + csv_ + ".state.json");
}

TEST_F(IncidentUpdate, AnInterruptedDownloadGoesOnBehindItsLastRow) {
  DownloadPlan broken = plan(csv_);
  broken.partial = PartialRows::Kept;
  platform_.before_page = [](std::size_t n_asked) {
    if (n_asked == 3) throw RemoteError("gone");
  };
  EXPECT_THROW(download_incidents(platform_, fields(), broken, {}), RemoteError);
  EXPECT_FALSE(std::filesystem::exists(csv_));
  platform_.before_page = {};
  DownloadPlan again = plan(csv_);
  again.partial = PartialRows::Continued;
  again.settings.max_count = 8;
  EXPECT_EQ(error_of<InputError>([&] { download_incidents(platform_, fields(), again, {}); }),
            csv_ + ".partial: max_count is another one; download anew, without --resume");
  again.settings = settings_;
  platform_.questions.clear();
  const IncidentsRead read = download_incidents(platform_, fields(), again, {});
  EXPECT_EQ(read.count, 9);
  EXPECT_EQ(read.n_continued, 6);
  EXPECT_EQ(platform_.questions[0]["filters"][0]["conditions"][0]["value"], 60);
  // What changed from the first start on is to be looked at the next time.
  EXPECT_EQ(read_state(state_file_of(csv_))->started_ms, *broken.started_ms);
  const std::string left = read_file(csv_);
  EXPECT_EQ(left, download(fresh_));
  EXPECT_FALSE(std::filesystem::exists(partial_state_of(csv_)));
}

TEST(DownloadState, ComesBackAsItWas) {
  DownloadState state{.platform = "a", .columns = {"id", "x"}, .started_ms = 7, .csv_sha256 = "f"};
  state.settings.from_ms = -3;
  state.settings.max_count = 4;
  state.deleted = {1, 9};
  const DownloadState again = decode_state(encode_state(state), "s");
  EXPECT_EQ(encode_state(again), encode_state(state));
  EXPECT_EQ(state_difference(state, again), "");
}

TEST(DownloadState, RefusesWhatIsNone) {
  const auto refusal = [](const std::string& text) {
    return error_of<InputError>([&] { decode_state(text, "s"); });
  };
  EXPECT_EQ(refusal("{"),
            "s: is no JSON from byte 2 on; download anew, without --since-last or --resume");
  EXPECT_EQ(refusal("[1]"),
            "s: expected the state of a download, format 1; download anew, without --since-last or "
            "--resume");
  EXPECT_EQ(refusal(R"({"format": 1, "platform": 7})"),
            "s: not as a download wrote it; download anew, without --since-last or --resume");
}

TEST(DownloadState, NamesWhatDiffers) {
  const DownloadState before{.platform = "a", .columns = {"id", "x"}};
  const auto difference = [&](const auto& change) {
    DownloadState now = before;
    change(now);
    return state_difference(before, now);
  };
  EXPECT_EQ(difference([](auto& now) { now.platform = "b"; }), "the platform was a, now it is b");
  EXPECT_EQ(difference([](auto& now) { now.columns = {"id"}; }), "the field \"x\" is gone");
  EXPECT_EQ(difference([](auto& now) {
              now.columns = {"x", "id"};
            }),
            "the fields have another order");
  EXPECT_EQ(difference([](auto& now) { now.settings.time_field = "y"; }), "");
  EXPECT_EQ(difference([](auto& now) {
              now.settings.time_field = "y";
              now.settings.until_ms = 1;
            }),
            "time_field was create_date, now it is y");
}

}  // namespace
}  // namespace resml
