#include "resml/platform/retry_policy.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"
#include "fake_transport.hpp"
#include "resml/base/error.hpp"

namespace resml {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A policy on a clock of its own, and what it told.
struct Trial {
  explicit Trial(RetryLimits limits = {}, std::uint64_t seed = 0)
      : policy(limits, seed, clock, stop.get_token(),
               [this](const RetryEvent& event) { told.push_back(retry_text(event)); }) {}

  // Fails `n` times, then succeeds.
  void run(unsigned n, const Failure& failure = {.reason = "no luck"}) {
    policy.run([&]() -> std::optional<Failure> {
      ++n_attempts;
      return n_attempts <= n ? std::optional(failure) : std::nullopt;
    });
  }

  FakeClock clock;
  std::stop_source stop;
  std::vector<std::string> told;
  unsigned n_attempts = 0;
  RetryPolicy policy;
};

TEST(RetryPolicy, WaitsLongerEachTimeAndTellsIt) {
  Trial trial;
  trial.run(4);
  EXPECT_EQ(trial.n_attempts, 5U);
  ASSERT_EQ(trial.clock.sleeps.size(), 4U);
  milliseconds longest{2000};
  for (const milliseconds wait : trial.clock.sleeps) {
    EXPECT_LE(wait, longest);
    EXPECT_GE(wait, longest * 3 / 4);
    longest *= 2;
  }
  ASSERT_EQ(trial.told.size(), 4U);
  EXPECT_EQ(trial.told[0].substr(0, 36), "no luck; attempt 1 of 5, again in 1.");
}

TEST(RetryPolicy, SameSeedSameWaits) {
  Trial first({}, 7);
  Trial second({}, 7);
  Trial third({}, 8);
  for (Trial* trial : {&first, &second, &third}) trial->run(4);
  EXPECT_EQ(first.clock.sleeps, second.clock.sleeps);
  EXPECT_NE(first.clock.sleeps, third.clock.sleeps);
}

TEST(RetryPolicy, GivesUpAfterItsAttempts) {
  Trial trial({.max_attempts = 3});
  EXPECT_EQ(error_of<RemoteError>([&] { trial.run(9); }), "no luck; given up after 3 attempts");
  EXPECT_EQ(trial.n_attempts, 3U);
}

TEST(RetryPolicy, AFailureMayAllowFewerAttempts) {
  Trial trial;
  EXPECT_EQ(error_of<RemoteError>([&] { trial.run(9, {.reason = "away", .max_attempts = 2}); }),
            "away; given up after 2 attempts");
  Trial single({.max_attempts = 1});
  EXPECT_EQ(error_of<RemoteError>([&] { single.run(9); }), "no luck");
}

TEST(RetryPolicy, GivesUpWhenTheWaitsTogetherAreTooLong) {
  Trial trial({.max_attempts = 100, .max_total = seconds(10)});
  EXPECT_EQ(error_of<RemoteError>([&] { trial.run(99); }), "no luck; given up after 3 attempts");
}

TEST(RetryPolicy, WaitsAsLongAsTheServerAsksButNoLongerThanItsLimit) {
  Trial trial;
  trial.run(1, {.reason = "busy", .retry_after = milliseconds(7000)});
  trial.n_attempts = 0;
  trial.run(1, {.reason = "busy", .retry_after = seconds(86'400)});
  EXPECT_EQ(trial.clock.sleeps, (std::vector<milliseconds>{seconds(7), seconds(60)}));
}

TEST(RetryPolicy, APauseThatTheServerAsksForHoldsForEveryRequest) {
  for (const bool pauses_all : {true, false}) {
    Trial trial;
    std::chrono::system_clock::time_point second_began;
    const auto start = trial.clock.now();
    trial.policy.run([&]() -> std::optional<Failure> {
      if (trial.n_attempts++ > 0) return std::nullopt;
      // Another thread's request comes to its turn while this one waits.
      trial.clock.on_sleep = [&] {
        trial.clock.on_sleep = {};
        trial.clock.set(start);
        trial.policy.run([&]() -> std::optional<Failure> {
          second_began = trial.clock.now();
          return std::nullopt;
        });
      };
      return Failure{.reason = "busy", .retry_after = seconds(7), .pauses_all = pauses_all};
    });
    EXPECT_EQ(second_began - start, seconds(pauses_all ? 7 : 0));
    EXPECT_EQ(trial.n_attempts, 2U);
  }
}

TEST(RetryPolicy, StopsWhileItWaits) {
  Trial trial;
  trial.clock.on_sleep = [&] { trial.stop.request_stop(); };
  EXPECT_EQ(error_of<Cancelled>([&] { trial.run(9); }), "stopped");
  EXPECT_EQ(trial.n_attempts, 1U);
}

TEST(RetryPolicy, TheRealClockWakesUpForAStop) {
  std::stop_source stop;
  stop.request_stop();
  const auto begin = std::chrono::steady_clock::now();
  system_clock().sleep(seconds(60), stop.get_token());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(30));
}

TEST(RetryPolicy, ReadsWhatTheServerAsksFor) {
  const auto now = std::chrono::system_clock::from_time_t(784'111'777);
  EXPECT_EQ(parse_retry_after("120", now), seconds(120));
  EXPECT_EQ(parse_retry_after(" 0 ", now), seconds(0));
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", now), seconds(60));
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), seconds(0));
  for (const char* wrong : {"", "soon", "-1", "1.5", "99999999999999999999", "Sun, 06 Nov 1994"})
    EXPECT_EQ(parse_retry_after(wrong, now), std::nullopt) << wrong;
}

}  // namespace
}  // namespace resml
