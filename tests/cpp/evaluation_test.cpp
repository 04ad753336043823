#include "resml/metrics/evaluation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "known_answers.hpp"
#include "resml/base/rng.hpp"

namespace resml {
namespace {

// Ten incidents of three classes, worked by hand:
//            decided a  b  c
//   truth a          4  1  0
//         b          1  2  0
//         c          1  1  0
struct Example {
  std::vector<std::uint32_t> truth = {0, 0, 1, 1, 2, 2};
  std::vector<std::uint32_t> decisions = {0, 1, 0, 1, 0, 1};
  std::vector<double> counts = {4, 1, 1, 2, 1, 1};
  RowMatrix probabilities = RowMatrix::Constant(6, 3, 0.25);

  Example() {
    for (std::size_t i = 0; i < 6; ++i) {
      probabilities(static_cast<Eigen::Index>(i), decisions[i]) = 0.5;
    }
  }
  Evaluation evaluated() const {
    const std::vector<std::string> labels = {"a", "b", "c"};
    return evaluate({truth, decisions, counts, probabilities}, labels, 0);
  }
};

TEST(Evaluation, CountsByHand) {
  const Evaluation e = Example().evaluated();
  EXPECT_EQ(e.n_rows, 10);
  EXPECT_DOUBLE_EQ(e.accuracy.value, 0.6);
  EXPECT_DOUBLE_EQ(e.majority_accuracy.value, 0.5);
  EXPECT_EQ(e.confusion, (std::vector<std::vector<double>>{{4, 1, 0}, {1, 2, 0}, {1, 1, 0}}));
  ASSERT_EQ(e.classes.size(), 3U);
  EXPECT_DOUBLE_EQ(e.classes[0].recall.value, 0.8);
  EXPECT_DOUBLE_EQ(e.classes[1].recall.value, 2.0 / 3);
  EXPECT_DOUBLE_EQ(e.classes[2].recall.value, 0);
  EXPECT_DOUBLE_EQ(e.classes[2].precision, 0);
  // F1: a 2*4/(5+6), b 2*2/(3+4), c 0.
  EXPECT_NEAR(e.macro_f1.value, (8.0 / 11 + 4.0 / 7) / 3, 1e-12);
  EXPECT_NEAR(e.macro_precision, (4.0 / 6 + 2.0 / 4) / 3, 1e-12);
  EXPECT_NEAR(e.macro_recall, (0.8 + 2.0 / 3) / 3, 1e-12);
}

TEST(Evaluation, CalibrationByHand) {
  const Evaluation e = Example().evaluated();
  ASSERT_EQ(e.calibration.size(), 1U);
  EXPECT_DOUBLE_EQ(e.calibration[0].low, 0.5);
  EXPECT_DOUBLE_EQ(e.calibration[0].mean_probability, 0.5);
  EXPECT_DOUBLE_EQ(e.calibration[0].accuracy, 0.6);
  EXPECT_NEAR(e.calibration_error, 0.1, 1e-12);
  EXPECT_NEAR(e.log_loss, -(6 * std::log(0.5) + 4 * std::log(0.25)) / 10, 1e-12);
}

// Wilson's interval for 8 of 10 as in Newcombe's tables: 0.4902 to 0.9433.
TEST(Evaluation, WilsonInterval) {
  const Score score = wilson_interval(8, 10);
  EXPECT_NEAR(score.low, 0.4902, 5e-5);
  EXPECT_NEAR(score.high, 0.9433, 5e-5);
  EXPECT_EQ(wilson_interval(0, 0).high, 1);
}

// Newcombe 1998, example (a): 56/70 - 48/80 = 0.2, interval 0.0524 to 0.3339.
TEST(Evaluation, DifferenceInterval) {
  const Score score = difference_interval(48, 80, 56, 70);
  EXPECT_NEAR(score.value, 0.2, 1e-12);
  EXPECT_NEAR(score.low, 0.0524, 5e-5);
  EXPECT_NEAR(score.high, 0.3339, 5e-5);
}

TEST(Evaluation, AgreesWithScikitLearn) {
  const nlohmann::json known = KnownAnswers().answers["evaluation"];
  const std::vector<std::uint32_t> truth = known["truth"];
  const std::vector<std::uint32_t> decisions = known["decisions"];
  const RowMatrix proba = KnownAnswers::matrix(known["proba"]);
  const std::vector<double> once(truth.size(), 1);
  const std::vector<std::string> labels = {"a", "b", "c", "d", "e"};
  const Evaluation e = evaluate({truth, decisions, once, proba}, labels, 0);
  EXPECT_NEAR(e.macro_f1.value, known["macro_f1"], 1e-12);
  EXPECT_NEAR(e.macro_precision, known["macro_precision"], 1e-12);
  EXPECT_NEAR(e.macro_recall, known["macro_recall"], 1e-12);
  EXPECT_NEAR(e.log_loss, known["log_loss"], 1e-12);
  EXPECT_EQ(e.classes.size(), 4U);
}

TEST(Evaluation, ACertainMistakeCostsNoInfinity) {
  const std::vector<std::string> labels = {"a", "b"};
  RowMatrix proba(1, 2);
  proba << 1, 0;
  const std::vector<std::uint32_t> truth = {1};
  const std::vector<std::uint32_t> decisions = {0};
  const std::vector<double> counts = {3};
  EXPECT_NEAR(evaluate({truth, decisions, counts, proba}, labels, 0).log_loss, -std::log(1e-15),
              1e-9);
}

// The delta method against a bootstrap of a larger table.
TEST(Evaluation, MacroF1IntervalAgreesWithABootstrap) {
  std::vector<std::uint32_t> truth;
  std::vector<std::uint32_t> decisions;
  Rng rng(1);
  for (int i = 0; i < 600; ++i) {
    const auto t = static_cast<std::uint32_t>(rng.below(6) == 0 ? 2 : rng.below(2));
    truth.push_back(t);
    decisions.push_back(rng.below(3) > 0 ? t : static_cast<std::uint32_t>(rng.below(3)));
  }
  const std::vector<std::string> labels = {"a", "b", "c"};
  const RowMatrix proba = RowMatrix::Constant(600, 3, 1.0 / 3);
  const std::vector<double> once(600, 1);
  const Score score = evaluate({truth, decisions, once, proba}, labels, 0).macro_f1;
  double sum = 0;
  double squares = 0;
  constexpr int kRuns = 2000;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<double> counts(600, 0);
    for (int k = 0; k < 600; ++k) ++counts[rng.below(600)];
    const double f1 = evaluate({truth, decisions, counts, proba}, labels, 0).macro_f1.value;
    sum += f1;
    squares += f1 * f1;
  }
  const double deviation = std::sqrt(squares / kRuns - sum / kRuns * (sum / kRuns));
  EXPECT_NEAR((score.high - score.low) / 2, 1.96 * deviation, 0.1 * 1.96 * deviation);
}

TEST(Evaluation, NoRowsNoNaN) {
  const std::vector<std::string> labels = {"a", "b"};
  const RowMatrix none(0, 2);
  const Evaluation e = evaluate({{}, {}, {}, none}, labels, 1);
  EXPECT_EQ(e.n_rows, 0);
  EXPECT_EQ(e.macro_f1.value, 0);
  EXPECT_EQ(e.log_loss, 0);
}

}  // namespace
}  // namespace resml
