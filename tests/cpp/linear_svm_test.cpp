#include "resml/learn/linear_svm.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"
#include "known_answers.hpp"
#include "resml/base/error.hpp"

namespace resml {
namespace {

TEST(LinearSvm, AgreesWithLibsvm) {
  const KnownAnswers known = KnownAnswers::scaled();
  const ClassifierPtr fitted = LinearSvm::fit({}, known.set, {});
  const auto& svm = dynamic_cast<const LinearSvm&>(*fitted);
  const auto& expected = known.answers["linear_svm"];
  EXPECT_LT(largest_difference(svm.decision_values(known.queries),
                               KnownAnswers::matrix(expected["values"])),
            1e-6);
  EXPECT_EQ(svm.decide(known.queries, {}), expected["decisions"].get<std::vector<std::uint32_t>>());
}

TEST(LinearSvm, CIsTheBoundOfAWeightOfOne) {
  TrainingSet set = random_set(100, 3, 1);
  TrainingSet heavier = set;
  for (double& weight : heavier.weights) weight *= 8;
  const auto values = [&](const LinearSvmOptions& options, const TrainingSet& of) {
    const ClassifierPtr fitted = LinearSvm::fit(options, of, {});
    return dynamic_cast<const LinearSvm&>(*fitted).decision_values(set.rows);
  };
  EXPECT_LT(largest_difference(values({.c = 8}, set), values({.c = 1}, heavier)), 1e-9);
  EXPECT_GT(largest_difference(values({.c = 8}, set), values({.c = 1}, set)), 1e-3);
}

TEST(LinearSvm, APairKnowsOnlyTheColumnsOfItsRows) {
  TrainingSet set = empty_set(6, 0, 3);
  for (std::uint32_t c = 0; c < 3; ++c) {
    append_row(set, {2 * c}, {}, c, 3);
    append_row(set, {2 * c + 1}, {}, c, 2);
  }
  const TensorBundle saved = LinearSvm::fit({}, set, {})->save();
  EXPECT_EQ(saved.values<std::uint32_t>("pair"),
            (std::vector<std::uint32_t>{0, 1, 0, 1, 0, 2, 0, 2, 1, 2, 1, 2}));
}

TEST(LinearSvm, BelievesNothingInAModelFile) {
  struct Arrays {
    std::vector<std::uint64_t> starts{0, 1};
    std::vector<std::uint32_t> pair{0};
    double coefficient = 1;
    double slope = 1;
  };
  const auto message = [](const Arrays& arrays) {
    TensorBundle bundle;
    ModelShape{.n_classes = 2, .n_indicators = 1, .n_numbers = 0}.add_to(bundle);
    bundle.add("classes", std::vector<std::uint32_t>{0, 1});
    bundle.add("sigmoid_slope", std::vector<double>{arrays.slope});
    bundle.add("sigmoid_offset", std::vector<double>{0});
    bundle.add("intercept", std::vector<double>{0});
    bundle.add("column_start", arrays.starts);
    bundle.add("pair", arrays.pair);
    bundle.add("coefficient", std::vector<double>{arrays.coefficient});
    return error_of<ModelFileError>([&] { LinearSvm::load(bundle); });
  };
  const std::string starts = "array \"column_start\": expected ascending numbers from 0 to 1";
  EXPECT_EQ(message({}), "(nothing was thrown)");
  EXPECT_EQ(message({.starts = {0, 2}}), starts);
  EXPECT_EQ(message({.starts = {1, 1}}), starts);
  EXPECT_EQ(message({.pair = {1}}), "array \"pair\": expected numbers below 1, got 1");
  EXPECT_EQ(message({.coefficient = 1e200}),
            "array \"coefficient\": expected numbers from -1e+150 to 1e+150, got 1e+200");
  EXPECT_EQ(message({.slope = -1}),
            "array \"sigmoid_slope\": expected numbers from 0 to 1e+06, got -1");
}

}  // namespace
}  // namespace resml
