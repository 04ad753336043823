#include "resml/cli/progress_line.hpp"

#include <gtest/gtest.h>

namespace resml {
namespace {

using std::chrono::seconds;

TEST(ProgressLine, SaysWhatAndHowFarAndForLongWorkTheTimeLeft) {
  EXPECT_EQ(progress_text({"bagging", 3, 10}, seconds(1)), "bagging: 3 of 10");
  EXPECT_EQ(progress_text({"bagging", 3, 10}, seconds(3)), "bagging: 3 of 10, 7 s left");
  EXPECT_EQ(progress_text({"bagging", 1, 10}, seconds(60)), "bagging: 1 of 10, 9 min left");
  EXPECT_EQ(progress_text({"reading a.csv", 5000000, 20000000}, seconds(2)),
            "reading a.csv: 25 %, 6 s left");
  EXPECT_EQ(progress_text({"reading <stdin>", 42, 0}, seconds(2)), "reading <stdin>: 42");
  EXPECT_EQ(progress_text({"bagging", 0, 10}, seconds(5)), "bagging: 0 of 10");
}

TEST(ProgressLine, SaysHowManyASecondWhereThatIsWorthShowing) {
  Progress progress{.what = "incidents", .done = 300, .total = 1500, .has_rate = true};
  EXPECT_EQ(progress_text(progress, seconds(1)), "incidents: 300 of 1500");
  EXPECT_EQ(progress_text(progress, seconds(3)), "incidents: 300 of 1500, 100/s, 12 s left");
  progress.total = 0;
  EXPECT_EQ(progress_text(progress, seconds(3)), "incidents: 300, 100/s");
}

}  // namespace
}  // namespace resml
