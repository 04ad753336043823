#include "resml/learn/registry.hpp"

#include <gtest/gtest.h>

#include <map>

#include "error_of.hpp"
#include "resml/base/error.hpp"
#include "resml/settings/machine_learning_settings.hpp"
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

// The section of the configuration cannot see the registry: its help is a line of its own.
TEST(Registry, TheHelpOnAlgorithmNamesEveryOne) {
  std::string listed;
  for (const SettingInfo& key : machine_learning_keys()) {
    if (key.key == "algorithm") listed = key.meaning;
  }
  std::string names;
  for (std::size_t i = 0; i < algorithms().size(); ++i) {
    const bool is_last = i + 1 == algorithms().size();
    names += concat(i == 0 ? "" : is_last ? " or " : ", ", algorithms()[i].name);
  }
  for (char& c : listed) c = c == '\n' ? ' ' : c;
  EXPECT_EQ(listed, names + ".") << "see settings/machine_learning_settings.cpp";
}

TEST(Registry, WritesOutEveryDefault) {
  EXPECT_EQ(complete({.kind = "logistic_regression", .options = {{"c", "10"}}}).options,
            nlohmann::json({{"c", 10.0}, {"max_iter", 100}}));
  EXPECT_EQ(complete({.kind = "decision_tree"}).options,
            nlohmann::json({{"max_depth", 0}, {"min_samples_split", 20}, {"min_samples_leaf", 1}}));
}

// What the original did (OB-ALG-01).
TEST(Registry, EveryLearnerHasItsNumberOfMembersAndRounds) {
  const std::map<std::string, std::pair<int, int>> unusual = {{"logistic_regression", {200, 200}},
                                                              {"decision_tree", {10, 50}},
                                                              {"gaussian_nb", {100, 100}}};
  for (const AlgorithmInfo& algorithm : algorithms()) {
    const auto found = unusual.find(algorithm.kind);
    const auto [n_members, n_rounds] = found == unusual.end() ? std::pair(10, 10) : found->second;
    EXPECT_EQ(complete({.kind = algorithm.kind, .method = "bagging"}).method_options,
              nlohmann::json({{"n_members", n_members}}))
        << algorithm.kind;
    EXPECT_EQ(complete({.kind = algorithm.kind, .method = "ada_boost"}).method_options,
              nlohmann::json({{"n_rounds", n_rounds}, {"learning_rate", 1.0}}))
        << algorithm.kind;
  }
}

TEST(Registry, HelpNamesTheNumbersOfEveryLearner) {
  const OptionInfo& n_members = find_method("Bagging").options.front();
  EXPECT_EQ(n_members.name, "n_members");
  EXPECT_EQ(n_members.default_value, "10, Logistic Regression: 200, GaussianNB: 100");
  EXPECT_EQ(n_members.range, "between 1 and 10000");
}

// In ml.config they stand side by side.
TEST(Registry, NoMethodHasAnOptionOfALearner) {
  for (const AlgorithmInfo& method : methods()) {
    for (const OptionInfo& option : method.options) {
      for (const AlgorithmInfo& algorithm : algorithms()) {
        for (const OptionInfo& other : algorithm.options) {
          EXPECT_NE(option.name, other.name) << algorithm.kind;
        }
      }
    }
  }
}

TEST(Registry, FindsAMethodByNameOrKind) {
  EXPECT_EQ(find_method("bagging").kind, "bagging");
  EXPECT_EQ(find_method("adaptive boosting").kind, "ada_boost");
  EXPECT_EQ(error_of<InputError>([] { find_method("Boosting"); }),
            "method: expected one of Bagging, Adaptive Boosting, got \"Boosting\"");
}

TEST(Registry, RefusesOptionsInTheNameOfTheMethod) {
  EXPECT_EQ(
      error_of<InputError>([] {
        complete(
            {.kind = "decision_tree", .method = "bagging", .method_options = {{"n_members", "0"}}});
      }),
      "bagging: option \"n_members\" must be between 1 and 10000, got 0");
  EXPECT_EQ(error_of<InputError>([] {
              complete({.kind = "decision_tree",
                        .method = "ada_boost",
                        .method_options = {{"learning_rate", 0}}});
            }),
            "ada_boost: option \"learning_rate\" must be between 1e-06 and 10, got 0");
  EXPECT_EQ(error_of<InputError>([] { complete({.kind = "decision_tree", .method = "stacking"}); }),
            "unknown method \"stacking\"");
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
