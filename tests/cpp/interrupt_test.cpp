#include "resml/cli/interrupt.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

namespace resml {
namespace {

using namespace std::chrono_literals;

void work_without_a_look() { std::this_thread::sleep_for(60s); }

// Each runs in a process of its own.
class Interrupt : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(Interrupt, RequestsAStop) {
  EXPECT_EXIT(
      {
        const std::stop_token stop = stop_on_interrupt();
        std::raise(SIGINT);
        while (!stop.stop_requested()) std::this_thread::sleep_for(1ms);
        std::_Exit(7);
      },
      testing::ExitedWithCode(7), "");
}

TEST_F(Interrupt, EndsWorkThatDoesNotNotice) {
  EXPECT_EXIT(
      {
        stop_on_interrupt();
        const Abandonable work;
        std::raise(SIGTERM);
        work_without_a_look();
      },
      testing::ExitedWithCode(kInterrupted), "stopped");
}

TEST_F(Interrupt, LetsWorkFinishThatMustNotBeAbandoned) {
  EXPECT_EXIT(
      {
        const std::stop_token stop = stop_on_interrupt();
        { const Abandonable over; }
        std::raise(SIGINT);
        while (!stop.stop_requested()) std::this_thread::sleep_for(1ms);
        std::this_thread::sleep_for(500ms);
        std::_Exit(7);
      },
      testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace resml
