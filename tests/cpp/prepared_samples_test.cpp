#include "resml/pipeline/prepared_samples.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "error_of.hpp"
#include "resml/base/error.hpp"
#include "resml/pipeline/model.hpp"
#include "small_source.hpp"

namespace resml {
namespace {

MachineLearningSettings by_time(double share) {
  MachineLearningSettings settings;
  settings.prediction = "p";
  settings.features = {"a"};
  settings.types = {{"a", "category"}};
  settings.split = share;
  settings.split_by = SplitBy::Time;
  return settings;
}

// Ten incidents, the newest not last in the file; a = x is new among the three newest.
constexpr const char* kTen =
    "create_date,a,p\n"
    "1500000000009,x,1\n1500000000001,u,0\n1500000000002,u,1\n1500000000003,u,0\n"
    "1500000000008,u,0\n1500000000004,v,0\n1500000000005,v,1\n1500000000006,u,0\n"
    "1500000000007,u,1\n1500000000007,v,1\n";

TEST(PreparedSamples, ByTimeTheNewestAreHeldOut) {
  const PreparedSamples prepared = prepare_samples(source_of(kTen), by_time(0.3), {});
  EXPECT_EQ(prepared.holdout.n_incidents(), 3U);  // x/1, u/0 and, of equal dates, the later v/1
  EXPECT_EQ(prepared.holdout.labels, (std::vector<std::uint32_t>{1, 0, 1}));
  EXPECT_EQ(prepared.training.n_incidents(), 7U);
  // u/0 three times, u/1 twice, v/0, v/1; x is not known to the encoder.
  EXPECT_EQ(prepared.training.counts, (std::vector<std::uint64_t>{3, 2, 1, 1}));
  EXPECT_EQ(prepared.training.rows.n_indicators, 2U);
  EXPECT_TRUE(prepared.holdout.rows.active_of(0).empty());
  EXPECT_EQ(prepared.all.n_incidents(), 10U);
  EXPECT_EQ(prepared.all.rows.n_indicators, 3U);
}

// Of the seven to learn from, four are of class 0: balanced, an incident weighs 7 / (2 * 4) there
// and 7 / (2 * 3) in class 1.
TEST(PreparedSamples, AnIncidentWeighsWhatItsClassDoes) {
  const PreparedSamples prepared = prepare_samples(source_of(kTen), by_time(0.3), {});
  const auto weights = [&](const ClassWeight& weight) {
    return weighted_samples(prepared.training, prepared.classes, weight).weights;
  };
  EXPECT_EQ(weights({}), (std::vector<double>{3, 2, 1, 1}));
  EXPECT_EQ(weights({.per_class = {{"1", 2.5}}, .text = ""}), (std::vector<double>{3, 5, 1, 2.5}));
  const std::vector<double> balanced = weights({.balanced = true, .per_class = {}, .text = ""});
  const std::vector<double> expected = {3 * 7 / 8.0, 2 * 7 / 6.0, 7 / 8.0, 7 / 6.0};
  ASSERT_EQ(balanced.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_DOUBLE_EQ(balanced[i], expected[i]) << i;
}

// create_date only says when; it is no feature and keeps no equal rows apart.
TEST(PreparedSamples, ByTimeEqualRowsStayGrouped) {
  const Samples samples = make_samples(source_of(kTen), by_time(0.3));
  EXPECT_EQ(samples.counts.size(), 7U);
  EXPECT_EQ(find_column(samples.table, "create_date"), nullptr);
}

TEST(PreparedSamples, ByTimeAValueThatOnlyTheNewestHaveIsNoHang) {
  const std::string late = std::string(kTen) + "1500000000010,u,2\n1500000000011,v,2\n";
  for (const std::string& kind : all_kinds()) {
    MachineLearningSettings settings = by_time(0.3);
    settings.algorithm = kind;
    const Model model = build_model(source_of(late), settings, "", {});
    EXPECT_TRUE(std::isfinite(model.evaluation.log_loss)) << kind;
    EXPECT_EQ(model.evaluation.n_rows, 4) << kind;
  }
}

TEST(PreparedSamples, ByTimeNeedsADateInEveryRow) {
  EXPECT_EQ(
      error_of<InputError>([] { prepare_samples(source_of("a,p\nu,0\nv,1\n"), by_time(0.5), {}); }),
      "<text>: split_by = time needs the column \"create_date\"");
  EXPECT_EQ(error_of<InputError>([] {
              prepare_samples(source_of("create_date,a,p\n1500000000001,u,0\n,v,1\n"), by_time(0.5),
                              {});
            }),
            "<text>: split_by = time: row 2 has no date in create_date, but \"\"; leave such rows "
            "out, or set split_by = chance");
  EXPECT_EQ(error_of<InputError>([] { prepare_samples(source_of(kTen), by_time(0.95), {}); }),
            "<text>: split = 0.95 leaves none of 10 incidents to learn from");
}

}  // namespace
}  // namespace resml
