#include "resml/base/parallel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "error_of.hpp"
#include "resml/base/error.hpp"

namespace resml {
namespace {

TEST(ParallelFor, DoesEveryItemOnceOnAnyNumberOfThreads) {
  for (const unsigned threads : {1U, 2U, 8U}) {
    std::vector<std::atomic<int>> done(100);
    const FitContext context{.rng = Rng(0), .threads = threads, .on_progress = {}, .stop = {}};
    parallel_for(context, "test", done.size(), [&](std::size_t i) { ++done[i]; });
    for (const auto& count : done) EXPECT_EQ(count, 1);
  }
}

TEST(ParallelFor, RethrowsTheFailureOfTheSmallestItem) {
  const auto work = [](std::size_t i) {
    if (i >= 4) throw InputError("item ", i);
  };
  EXPECT_EQ(error_of<InputError>([&] { parallel_for({}, "test", 10, work); }), "item 4");
}

TEST(ParallelFor, StopsWhenAsked) {
  std::stop_source source;
  const FitContext context{
      .rng = Rng(0), .threads = 2, .on_progress = {}, .stop = source.get_token()};
  std::atomic<int> done = 0;
  EXPECT_THROW(parallel_for(context, "test", 1000,
                            [&](std::size_t) {
                              if (++done == 10) source.request_stop();
                            }),
               Cancelled);
  EXPECT_LT(done, 1000);
}

TEST(ParallelFor, AProgressCallbackThatThrowsEndsTheWork) {
  // One thread: with two, the other may have done everything before this one reports.
  FitContext context{};
  context.on_progress = [](const Progress& progress) {
    if (progress.done == 3) throw InputError("enough");
  };
  int done = 0;
  EXPECT_THROW(parallel_for(context, "test", 100, [&](std::size_t) { ++done; }), InputError);
  EXPECT_EQ(done, 3);
}

}  // namespace
}  // namespace resml
