#include "resml/learn/rbf_svm.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"
#include "known_answers.hpp"
#include "resml/base/error.hpp"
#include "resml/learn/model_rows.hpp"
#include "resml/learn/narrow_codes.hpp"

namespace resml {
namespace {

RowMatrix values_of(const RbfSvmOptions& options, const TrainingSet& set, const CompactRows& rows) {
  const ClassifierPtr fitted = RbfSvm::fit(options, set, {});
  return dynamic_cast<const RbfSvm&>(*fitted).decision_values(rows);
}

TEST(RbfSvm, AgreesWithLibsvm) {
  const KnownAnswers known = KnownAnswers::scaled();
  const auto& expected = known.answers["rbf_svm"];
  EXPECT_LT(largest_difference(values_of({}, known.set, known.queries),
                               KnownAnswers::matrix(expected["values"])),
            1e-4);
  const ClassifierPtr fitted = RbfSvm::fit({}, known.set, {});
  EXPECT_EQ(fitted->decide(known.queries, {}),
            expected["decisions"].get<std::vector<std::uint32_t>>());
}

TEST(RbfSvm, GammaIsOneOverTheColumnsUnlessItIsSet) {
  const TrainingSet set = random_set(60, 2, 1);
  const auto gamma = [&](const RbfSvmOptions& options) {
    const ClassifierPtr fitted = RbfSvm::fit(options, set, {});
    return dynamic_cast<const RbfSvm&>(*fitted).gamma();
  };
  EXPECT_EQ(gamma({}), 1.0 / 14);
  EXPECT_EQ(gamma({.gamma = 3}), 3);
  EXPECT_EQ(values_of({}, set, set.rows), values_of({.gamma = 1.0 / 14}, set, set.rows));
}

TEST(RbfSvm, CIsTheBoundOfAWeightOfOne) {
  const TrainingSet set = random_set(100, 3, 2);
  TrainingSet heavier = set;
  for (double& weight : heavier.weights) weight *= 8;
  EXPECT_EQ(values_of({.c = 8}, set, set.rows), values_of({.c = 1}, heavier, set.rows));
  EXPECT_GT(largest_difference(values_of({.c = 8}, set, set.rows), values_of({}, set, set.rows)),
            1e-3);
}

// Which no straight border can.
TEST(RbfSvm, TellsCombinationsApart) {
  TrainingSet set = empty_set(4, 0, 2);
  for (const std::uint32_t a : {0U, 1U}) {
    for (const std::uint32_t b : {0U, 1U}) append_row(set, {a, 2 + b}, {}, a == b ? 0 : 1, 50);
  }
  const ClassifierPtr fitted = RbfSvm::fit({}, set, {});
  const RowMatrix proba = fitted->predict_proba(set.rows);
  EXPECT_EQ(fitted->decide(set.rows, proba), (std::vector<std::uint32_t>{0, 1, 1, 0}));
  EXPECT_GT(proba(0, 0), 0.9);
}

TEST(RbfSvm, KeepsSupportVectorsOnly) {
  TrainingSet set = empty_set(0, 1, 2);
  for (int i = 0; i < 50; ++i) append_row(set, {}, {3 + 0.1 * i}, 0);
  for (int i = 0; i < 50; ++i) append_row(set, {}, {-3 - 0.1 * i}, 1);
  const TensorBundle saved = RbfSvm::fit({.c = 10, .gamma = 0.05}, set, {})->save();
  const auto n_vectors = saved.values<double>("numbers").size();
  EXPECT_EQ(n_vectors, 4U);  // as many as scikit-learn finds
}

TEST(RbfSvm, BelievesNothingInAModelFile) {
  const auto message = [](double gamma, std::uint32_t vector,
                          const std::vector<std::uint32_t>& pair_sizes = {1}) {
    TensorBundle bundle;
    ModelShape{.n_classes = 2, .n_indicators = 0, .n_numbers = 1}.add_to(bundle);
    bundle.add("classes", std::vector<std::uint32_t>{0, 1});
    bundle.add("sigmoid_slope", std::vector<double>{1});
    bundle.add("sigmoid_offset", std::vector<double>{0});
    bundle.add("intercept", std::vector<double>{0});
    bundle.add("gamma", std::vector<double>{gamma});
    CompactRows vectors{.n_numbers = 1};
    append_row(vectors, {}, {2});
    add_rows(bundle, vectors);
    add_codes(bundle, "pair_size", pair_sizes);
    add_codes(bundle, "vector", {vector});
    bundle.add("multiplier", std::vector<double>{1});
    return error_of<ModelFileError>([&] { RbfSvm::load(bundle); });
  };
  EXPECT_EQ(message(1, 0), "(nothing was thrown)");
  EXPECT_EQ(message(-1, 0), "array \"gamma\": expected numbers from 1e-30 to 1e+30, got -1");
  EXPECT_EQ(message(1, 1), "array \"vector\": expected codes below 1, got 1");
  EXPECT_EQ(message(1, 0, {0}),
            "array \"pair_size\": expected sizes of at least 0 with a sum of 1");
  EXPECT_EQ(message(1, 0, {1, 0}), "array \"pair_size\": expected 1 values, got 2");
}

TEST(RbfSvm, TellsTheGammaItUses) {
  const TrainingSet set = random_set(60, 2, 1);
  std::string told;
  FitContext context;
  context.on_detail = [&](const std::string& detail) { told += detail; };
  RbfSvm::fit({}, set, context);
  EXPECT_EQ(told, "rbf_svm: gamma = 0.0714286 = 1 / 14 columns");
}

TEST(RbfSvm, ExtremeOptionsGiveFiniteAnswers) {
  const TrainingSet set = random_set(120, 3, 4);
  for (const double c : {1e-300, 1e-6, 1e6, 1e300}) {
    for (const double gamma : {1e-300, 1e-12, 1e12, 1e300}) {
      const ClassifierPtr fitted =
          RbfSvm::fit({.c = c, .gamma = gamma, .max_iter = 100'000}, set, {});
      EXPECT_TRUE(fitted->predict_proba(set.rows).allFinite()) << c << ", " << gamma;
    }
  }
}

}  // namespace
}  // namespace resml
