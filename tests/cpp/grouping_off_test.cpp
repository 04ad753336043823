// Learning from distinct rows with counts is learning from the rows, through the whole build.
#include <gtest/gtest.h>

#include <algorithm>

#include "resml/pipeline/model.hpp"
#include "small_source.hpp"

namespace resml {
namespace {

class GroupingOff : public testing::TestWithParam<std::string> {};

// Incidents, each 1 to 4 times, equal ones behind each other, so that the same ones are held out
// either way. A number in front that is no feature makes every row a group of its own.
std::string repeated_incidents(bool numbered) {
  Rng rng(5);
  std::string csv = (numbered ? "id," : "") + kIncidentHeader;
  std::size_t id = 0;
  std::vector<std::string> lines = random_incidents(80, 6);
  std::sort(lines.begin(), lines.end());
  for (const std::string& line : lines) {
    const std::uint64_t n = 1 + rng.below(4);
    for (std::uint64_t k = 0; k < n; ++k) csv += (numbered ? concat("\n", ++id, ",") : "\n") + line;
  }
  return csv;
}

TEST_P(GroupingOff, PredictsTheSame) {
  const Source grouped = source_of(repeated_incidents(false));
  const Source alone = source_of(repeated_incidents(true));
  const Source asked = source_of(kIncidentHeader + "\n" + join(random_incidents(50, 7), "\n"));
  for (const bool weighted : {false, true}) {
    MachineLearningSettings settings = incident_settings(GetParam());
    settings.class_weight.balanced = weighted;
    settings.imbalance_upsampling = weighted;
    ASSERT_LT(make_samples(grouped, settings).counts.size(), grouped.table.n_rows / 2);
    ASSERT_EQ(make_samples(alone, settings).counts.size(), alone.table.n_rows);
    const Model a = build_model(grouped, settings, "", {});
    const Model b = build_model(alone, settings, "", {});
    EXPECT_EQ(a.evaluation.confusion, b.evaluation.confusion);
    const Predictions by_groups = a.pipeline.predict(asked.table);
    const Predictions by_rows = b.pipeline.predict(asked.table);
    EXPECT_EQ(by_groups.decisions, by_rows.decisions);
    EXPECT_LT((by_groups.probabilities - by_rows.probabilities).cwiseAbs().maxCoeff(), 1e-9);
  }
}

INSTANTIATE_TEST_SUITE_P(Registry, GroupingOff, testing::ValuesIn(all_kinds_and_methods()),
                         [](const auto& of) { return of.param; });

}  // namespace
}  // namespace resml
