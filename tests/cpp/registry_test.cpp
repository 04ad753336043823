#include "resml/learn/registry.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"
#include "resml/base/error.hpp"
#include "training_sets.hpp"

namespace resml {
namespace {

TEST(Registry, FindsAnAlgorithmByNameOrKind) {
  EXPECT_EQ(find_algorithm("logistic regression").kind, "logistic_regression");
  EXPECT_EQ(find_algorithm("GaussianNB").kind, "gaussian_nb");
  EXPECT_EQ(find_algorithm("GAUSSIAN_NB").name, "GaussianNB");
  EXPECT_EQ(find_algorithm("K-Nearest Neighbor").kind, "k_nearest_neighbors");
  EXPECT_EQ(find_algorithm("k-nearest NEIGHBORS").name, "K-Nearest Neighbor");
}

TEST(Registry, NamesTheAlgorithmsAndTheNearest) {
  std::vector<std::string> names;
  for (const AlgorithmInfo& known : algorithms()) names.push_back(known.name);
  EXPECT_EQ(error_of<InputError>([] { find_algorithm("Logistic Regresion"); }),
            "algorithm: expected one of " + join(names, ", ") +
                ", got \"Logistic Regresion\"; did you mean \"Logistic Regression\"?");
}

TEST(Registry, WritesOutEveryDefault) {
  EXPECT_EQ(complete({.kind = "logistic_regression", .options = {{"c", "10"}}}).options,
            nlohmann::json({{"c", 10.0}, {"max_iter", 100}}));
  EXPECT_EQ(complete({.kind = "decision_tree"}).options,
            nlohmann::json({{"max_depth", 0}, {"min_samples_split", 20}, {"min_samples_leaf", 1}}));
}

TEST(Registry, RefusesOptionsInTheNameOfTheLearner) {
  EXPECT_EQ(error_of<InputError>([] {
              complete({.kind = "logistic_regression", .options = {{"c", -1}}});
            }),
            "logistic_regression: option \"c\" must be above 0, got -1");
  EXPECT_EQ(error_of<InputError>([] {
              complete({.kind = "decision_tree", .options = {{"min_samples_split", 1}}});
            }),
            "decision_tree: option \"min_samples_split\" must be at least 2, got 1");
}

TEST(Registry, AModelOfAKindThatNobodyKnows) {
  EXPECT_EQ(error_of<ModelFileError>([] { load_classifier("oracle", {}); }),
            "unknown kind of classifier \"oracle\"; was it built by a newer version?");
}

TEST(Registry, ADamagedModelNamesItsKind) {
  EXPECT_EQ(error_of<ModelFileError>([] { load_classifier("gaussian_nb", {}); }),
            "gaussian_nb: array \"shape\": missing");
}

TEST(Registry, RowsOfAnotherShapeAreRefused) {
  const TrainingSet set = random_set(20, 2, 1);
  const ClassifierPtr fitted = fit_classifier({.kind = "bernoulli_nb"}, set, {});
  EXPECT_EQ(error_of<InputError>([&] { fitted->predict_proba(empty_set(11, 2, 2).rows); }),
            "bernoulli_nb: expected rows of 12 indicators and 2 numbers, got 11 and 2");
}

}  // namespace
}  // namespace resml
