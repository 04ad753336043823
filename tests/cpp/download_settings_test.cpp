#include "resml/settings/download_settings.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "error_of.hpp"
#include "resml/base/error.hpp"

namespace resml {
namespace {

class DownloadSettingsTest : public testing::Test {
 protected:
  void SetUp() override { set_zone("Europe/Berlin"); }
  void TearDown() override {
    ::unsetenv("TZ");
    ::tzset();
  }
  static void set_zone(const char* zone) {
    ::setenv("TZ", zone, 1);
    ::tzset();
  }
  static DownloadSettings read(const std::string& keys,
                               const std::vector<std::pair<std::string, std::string>>& set = {}) {
    const IniFile file = IniFile::parse("[machine_learning]\n" + keys, "ml.config");
    return read_download_settings(&file, set, environment_value);
  }
  static std::string refusal(const std::string& keys) {
    return error_of<InputError>([&] { read(keys); });
  }
};

TEST_F(DownloadSettingsTest, WithoutAKeyAreEverything) {
  for (const DownloadSettings& settings :
       {read("time_start =\nmax_count ="),
        read_download_settings(nullptr, {}, environment_value)}) {
    EXPECT_EQ(settings.time_field, "create_date");
    EXPECT_FALSE(settings.from_ms || settings.until_ms || settings.max_count);
  }
}

TEST_F(DownloadSettingsTest, DaysAreWholeAndLocal) {
  // The clocks went back on the 28th: its midnight is UTC+2, that of the 29th UTC+1.
  const DownloadSettings settings = read("time_start = 2018-10-28\ntime_end = 2018-10-28");
  EXPECT_EQ(settings.from_ms, 1'540'677'600'000);
  EXPECT_EQ(settings.until_ms, 1'540'677'600'000 + 25 * 3'600'000 - 1);
  set_zone("UTC");
  EXPECT_EQ(read("time_start = 2018-10-1").from_ms, 1'538'352'000'000);
}

TEST_F(DownloadSettingsTest, SetWinsOverTheFile) {
  const DownloadSettings settings = read("time_field = a\nmax_count = 5\nprediction = x",
                                         {{"Max_Count", " 7 "}, {"n_trees", "1"}});
  EXPECT_EQ(settings.time_field, "a");
  EXPECT_EQ(settings.max_count, 7);
  EXPECT_EQ(settings.connections, kDefaultConnections);
  EXPECT_EQ(read("connections = 3").connections, 3U);
}

TEST_F(DownloadSettingsTest, SayWhatIsWrong) {
  for (const char* day : {"2018-13-01", "2018-02-29", "18-01-01", "2018/01/01", "2018-01", "x",
                          "2018-01-01 00:00", "2018--1-1", "2018-01-"}) {
    EXPECT_EQ(refusal(std::string("time_end = ") + day),
              std::string("ml.config:2: key \"time_end\": Exception in casting \"") + day +
                  "\" into datetime: expected a day as YYYY-mm-dd");
  }
  EXPECT_EQ(refusal("time_start = 2018-01-02\ntime_end = 2018-01-01"),
            "ml.config:3: key \"time_end\": expected a day not before time_start = 2018-01-02, got "
            "\"2018-01-01\"");
  for (const char* count : {"0", "-1", "1.5", "many", "99999999999999999999"}) {
    EXPECT_EQ(refusal(std::string("max_count = ") + count),
              std::string("ml.config:2: key \"max_count\": expected a whole number of at least 1, "
                          "got \"") +
                  count + "\"");
  }
  EXPECT_EQ(error_of<InputError>([] {
              read("", {{"max_count", "x"}});
            }),
            "--set max_count=x: expected a whole number of at least 1, got \"x\"");
  for (const char* count : {"0", "17", "two"}) {
    EXPECT_EQ(refusal(std::string("connections = ") + count),
              std::string("ml.config:2: key \"connections\": expected a whole number from 1 to 16, "
                          "got \"") +
                  count + "\"");
  }
}

}  // namespace
}  // namespace resml
