#include "resml/pipeline/model.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "small_source.hpp"

namespace resml {
namespace {

// Three values of one feature, whose true shares of severity 1 are 0.2, 0.5 and 0.8.
std::string repeating_incidents(std::size_t n, std::uint64_t seed) {
  Rng rng(seed);
  std::string csv = "a,p\n";
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t value = rng.below(3);
    csv += concat("uvw"[value], ',', rng.below(10) < 2 + 3 * value ? 1 : 0, '\n');
  }
  return csv;
}

MachineLearningSettings p_from_a() {
  MachineLearningSettings settings;
  settings.prediction = std::string{"p"};  // gcc 12 warns of the assignment of the literal itself
  settings.features = {"a"};
  return settings;
}

// Distinct rows are few here, and each has one truth: it is incidents that must be dealt to the
// halves that calibrate each other.
TEST(Model, CalibrationIsStatedTrulyWhereRowsRepeat) {
  MachineLearningSettings settings = p_from_a();
  for (const std::string& kind : all_kinds()) {
    settings.algorithm = kind;
    const Model model = build_model(source_of(repeating_incidents(4000, 1)), settings, "", {});
    EXPECT_EQ(model.evaluation.n_rows, 2000) << kind;
    // Whose answers are drawn is right as often as it says over many rows; here are three.
    if (!find_algorithm(kind).looks_at_fields) continue;
    EXPECT_LT(model.evaluation.calibration_error, 0.05) << kind;
    // The entropy of the true shares is 0.565, of no knowledge 0.693.
    EXPECT_NEAR(model.evaluation.log_loss, 0.565, 0.05) << kind;
  }
}

// Nothing can be known of a label drawn from ten. A calibrator that had seen the incidents that it
// is measured on would seem to know something.
TEST(Model, CalibrationIsMeasuredOnIncidentsThatItDidNotSee) {
  MachineLearningSettings settings = p_from_a();
  settings.algorithm = "bernoulli_nb";
  constexpr int kRuns = 40;
  double log_loss = 0;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    Rng rng(seed);
    std::string csv = "a,p\n";
    for (int i = 0; i < 80; ++i) csv += concat(rng.below(2), ',', i % 10, '\n');
    settings.seed = seed;
    const Model model = build_model(source_of(csv), settings, "", {.rng = Rng(seed)});
    log_loss += model.evaluation.log_loss / kRuns;
  }
  EXPECT_GT(log_loss, std::log(10));
}

TEST(Model, AWeightOfAClassThatNoIncidentHasIsWarnedOf) {
  MachineLearningSettings settings = p_from_a();
  settings.class_weight.per_class = {{"0", 2}, {"10", 2}};
  const Model model = build_model(source_of(repeating_incidents(40, 1)), settings, "", {});
  EXPECT_EQ(model.provenance.warnings,
            std::vector<std::string>{
                "class_weight: no incident has the value \"10\"; the values are 0, 1"});
}

}  // namespace
}  // namespace resml
