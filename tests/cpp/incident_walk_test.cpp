#include "resml/platform/incident_walk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "error_of.hpp"
#include "fake_platform.hpp"
#include "resml/base/rng.hpp"

namespace resml {
namespace {

using Ids = std::vector<std::int64_t>;

constexpr std::uint64_t kAll = 1'000'000;

struct Walked {
  Ids ids;
  std::size_t n_questions = 0;
  std::size_t n_rounds = 0;
};

Walked walk_over(FakePlatform& platform, unsigned connections, std::uint64_t most = kAll) {
  platform.questions.clear();
  const DownloadSettings settings;
  const IncidentQuery query(platform, settings);
  IncidentWalk walk(query, connections);
  Walked walked;
  while (walk.next(most, [&](const Page::Row& row) { walked.ids.push_back(row.id); }))
    ++walked.n_rounds;
  walked.n_questions = platform.questions.size();
  return walked;
}

Ids all_of(const FakePlatform& platform) {
  Ids ids;
  for (const auto& [id, incident] : platform.incidents) ids.push_back(id);
  return ids;
}

bool is_by_offsets(const FakePlatform& platform) { return platform.questions.back()["start"] > 0; }

TEST(IncidentWalk, AsksForSeveralPagesAtOnce) {
  FakePlatform platform(30);  // in ten pages
  const Walked one = walk_over(platform, 1);
  const Walked four = walk_over(platform, 4);
  EXPECT_EQ(one.ids, all_of(platform));
  EXPECT_EQ(four.ids, one.ids);
  EXPECT_EQ(one.n_rounds, 10);
  EXPECT_LE(four.n_rounds, 5);
  EXPECT_LE(four.n_questions, one.n_questions + 4);
}

TEST(IncidentWalk, GivesTheSameOverAnyIdsWithAnyNumberOfConnections) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Rng rng(seed);
    FakePlatform platform;
    // Dense, sparse and in heaps far apart.
    std::int64_t id = seed % 5 == 0 ? -1'000'000 : 0;
    const std::uint64_t gap = std::uint64_t{1} << (seed % 20);
    for (std::uint64_t i = rng.below(100); i > 0; --i) {
      id += 1 + static_cast<std::int64_t>(rng.below(4) == 0 ? rng.below(gap) : 0);
      platform.add(id);
    }
    if (seed % 7 == 0) platform.add(std::numeric_limits<std::int64_t>::max() - 1);
    if (seed % 14 == 0) platform.add(std::numeric_limits<std::int64_t>::max());
    for (const unsigned connections : {1U, 2U, 3U, 8U})
      EXPECT_EQ(walk_over(platform, connections).ids, all_of(platform)) << seed;
  }
}

TEST(IncidentWalk, LosesNothingWhileIncidentsComeAndGo) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Rng rng(seed);
    FakePlatform platform(40);
    const Ids before = all_of(platform);
    platform.before_page = [&](std::size_t) {
      platform.incidents.erase(static_cast<std::int64_t>(10 * (1 + rng.below(40))));
      platform.add(static_cast<std::int64_t>(5 + 10 * rng.below(50)));
    };
    const Ids ids = walk_over(platform, 3).ids;
    EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end())) << seed;
    EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end()) << seed;
    for (const std::int64_t id : before) {
      if (!platform.incidents.contains(id)) continue;
      EXPECT_TRUE(std::binary_search(ids.begin(), ids.end(), id)) << seed;
    }
  }
}

TEST(IncidentWalk, DoesNotAskForMoreThanIsWanted) {
  FakePlatform platform(60);
  platform.questions.clear();
  const DownloadSettings settings;
  const IncidentQuery query(platform, settings);
  IncidentWalk walk(query, 8);
  std::uint64_t n = 0;
  while (n < 7 && walk.next(7 - n, [&](const Page::Row&) { ++n; })) {
  }
  EXPECT_EQ(platform.questions.size(), 3);  // pages of three
}

TEST(IncidentWalk, DoesWithoutAnUpperBoundThatIsRefusedOrNotKept) {
  FakePlatform platform(30);
  const Ids ids = all_of(platform);
  platform.refused_methods = {"lte"};
  EXPECT_EQ(walk_over(platform, 4).ids, ids);
  EXPECT_FALSE(is_by_offsets(platform));
  platform.refused_methods.clear();
  platform.ignores_lte = true;
  EXPECT_EQ(walk_over(platform, 4).ids, ids);
}

TEST(IncidentWalk, GoesByOffsetsWhereAConditionOnIdsIsRefused) {
  for (const int status : {400, 404, 405, 409, 422}) {
    FakePlatform platform(30);
    platform.refused_methods = {"gt"};
    platform.refusal = status;
    for (const unsigned connections : {1U, 4U}) {
      EXPECT_EQ(walk_over(platform, connections).ids, all_of(platform)) << status;
      EXPECT_TRUE(is_by_offsets(platform));
    }
  }
}

TEST(IncidentWalk, EndsWhereTheLogInOrAPermissionIsRefused) {
  for (const int status : {401, 403}) {
    FakePlatform platform(30);
    platform.refused_methods = {"gt"};
    platform.refusal = status;
    EXPECT_EQ(error_of<StatusError>([&] { walk_over(platform, 4); }),
              "id does not have the method gt");
  }
}

TEST(IncidentWalk, GoesOnAloneWhereTotalsDoNotTellWhatAWindowHolds) {
  FakePlatform platform(60);
  platform.says_how_many_fit = false;
  EXPECT_EQ(walk_over(platform, 4).ids, all_of(platform));
}

}  // namespace
}  // namespace resml
