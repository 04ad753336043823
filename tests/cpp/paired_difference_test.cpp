#include "resml/metrics/paired_difference.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "resml/base/rng.hpp"
#include "resml/metrics/confusion.hpp"

namespace resml {
namespace {

using Classes = std::vector<std::uint32_t>;

// 30 right with a alone, 12 with b alone, of 100, by hand: (12.5 - 30.5) / 102 = -0.17647 and
// 1.95996 * sqrt(43 - 324 / 102) / 102 = 0.121260.
TEST(PairedDifference, AccuracyByHand) {
  const Classes truth = {0, 0, 1, 1};
  const std::vector<double> counts = {30, 12, 50, 8};
  const Classes a = {0, 1, 1, 0};
  const Classes b = {1, 0, 1, 0};
  const Score score = accuracy_difference({truth, counts, a, b, 2});
  EXPECT_NEAR(score.value, -0.18, 1e-12);
  EXPECT_NEAR(score.low, -0.297731, 1e-6);
  EXPECT_NEAR(score.high, -0.055211, 1e-6);
}

TEST(PairedDifference, NothingIsKnownWithoutRows) {
  for (const Score& score : {accuracy_difference({}), macro_f1_difference({})}) {
    EXPECT_EQ(score.value, 0);
    EXPECT_EQ(score.low, -1);
    EXPECT_EQ(score.high, 1);
  }
}

// 400 incidents of three classes; a is right in 60 %, b in 70 %, and they often agree.
struct Sample {
  Classes truth;
  Classes a;
  Classes b;
};

Sample make_sample() {
  Rng rng(1);
  Sample sample;
  for (int i = 0; i < 400; ++i) {
    const auto truth = static_cast<std::uint32_t>(rng.below(10) < 7 ? 0 : 1 + rng.below(2));
    const auto slip = static_cast<std::uint32_t>((truth + 1 + rng.below(2)) % 3);
    const std::uint64_t luck = rng.below(10);
    sample.truth.push_back(truth);
    sample.a.push_back(luck < 6 ? truth : slip);
    sample.b.push_back(luck < 5 || luck > 7 ? truth : slip);
  }
  return sample;
}

double macro_f1(const Classes& truth, const Classes& decisions, const std::vector<double>& counts) {
  Confusion confusion(3);
  for (std::size_t i = 0; i < truth.size(); ++i) confusion.add(truth[i], decisions[i], counts[i]);
  return confusion.macro_f1();
}

TEST(PairedDifference, MacroF1AgreesWithABootstrap) {
  const Sample sample = make_sample();
  const std::vector<double> once(sample.truth.size(), 1);
  const Score score = macro_f1_difference({sample.truth, once, sample.a, sample.b, 3});
  EXPECT_NEAR(score.value,
              macro_f1(sample.truth, sample.b, once) - macro_f1(sample.truth, sample.a, once),
              1e-12);
  Rng rng(2);
  std::vector<double> drawn;
  for (int k = 0; k < 2000; ++k) {
    std::vector<double> counts(once.size(), 0);
    for (std::size_t i = 0; i < once.size(); ++i) counts[rng.below(once.size())] += 1;
    drawn.push_back(macro_f1(sample.truth, sample.b, counts) -
                    macro_f1(sample.truth, sample.a, counts));
  }
  std::sort(drawn.begin(), drawn.end());
  const double width = score.high - score.low;
  EXPECT_NEAR(score.low, drawn[50], 0.1 * width);
  EXPECT_NEAR(score.high, drawn[1949], 0.1 * width);
}

// Equal answers differ by nothing, for certain.
TEST(PairedDifference, EqualAnswers) {
  const Sample sample = make_sample();
  const std::vector<double> once(sample.truth.size(), 1);
  const Score score = macro_f1_difference({sample.truth, once, sample.a, sample.a, 3});
  EXPECT_EQ(score.value, 0);
  EXPECT_EQ(score.low, 0);
  EXPECT_EQ(score.high, 0);
}

}  // namespace
}  // namespace resml
