// Every algorithm with every method, from a configuration to a file and back.
#include <gtest/gtest.h>

#include "error_of.hpp"
#include "open_text.hpp"
#include "resml/base/error.hpp"
#include "resml/data/csv_reader.hpp"
#include "resml/learn/registry.hpp"
#include "resml/pipeline/model.hpp"
#include "resml/pipeline/model_file.hpp"

namespace resml {
namespace {

using Overrides = std::vector<std::pair<std::string, std::string>>;

// `severe` follows `kind`, with some noise; `n` is noise.
Source samples() {
  std::string text = "kind,n,severe\n";
  Rng rng(1);
  for (int i = 0; i < 400; ++i) {
    const std::uint64_t kind = rng.below(5);
    const bool severe = (kind < 2) != (rng.below(8) == 0);
    text += concat("k", kind, ",", rng.below(3), ".5,", severe ? "True" : "False", "\n");
  }
  CsvReader reader(open_text(text), {.wanted = {"kind", "n", "severe"}});
  return {reader.read(1000, {}), "samples.csv", ""};
}

MachineLearningSettings settings(Overrides overrides) {
  overrides.insert(overrides.begin(), {{"prediction", "severe"}, {"features", "kind, n"}});
  return read_machine_learning_settings(
      nullptr, overrides, [](const std::string&) -> std::optional<std::string> { return {}; });
}

class Pairs : public testing::TestWithParam<std::tuple<std::string, std::string>> {
 protected:
  Overrides overrides() const {
    const auto& [algorithm, method] = GetParam();
    Overrides chosen = {{"algorithm", algorithm}, {"method", method}, {"class_weight", "balanced"}};
    if (method == "Bagging") chosen.emplace_back("n_members", "4");
    if (method == "Adaptive Boosting") chosen.emplace_back("n_rounds", "4");
    return chosen;
  }
};

TEST_P(Pairs, LearnsIsSavedAndAnswersTheSame) {
  const auto& [algorithm, method] = GetParam();
  const Source source = samples();
  const Model built = build_model(source, settings(overrides()), "now", {});
  EXPECT_EQ(built.settings.method, method);
  EXPECT_TRUE(built.provenance.warnings.empty());
  EXPECT_GT(built.evaluation.accuracy.value, built.evaluation.majority_accuracy.value);
  const Model loaded = decode_model(encode_model(built), "m.ml");
  EXPECT_EQ(loaded.settings.method, method);
  EXPECT_EQ(loaded.settings.learner_options, built.settings.learner_options);
  const Predictions before = built.pipeline.predict(source.table);
  const Predictions after = loaded.pipeline.predict(source.table);
  EXPECT_EQ(before.decisions, after.decisions);
  EXPECT_EQ(before.probabilities, after.probabilities);
  // With the settings of the model, as rebuild takes them, the same model comes again.
  const Model again = build_model(source, loaded.settings, "now", {});
  EXPECT_EQ(encode_model(again), encode_model(built));
}

std::vector<std::string> all_that_look_at_fields() {
  std::vector<std::string> names;
  for (const AlgorithmInfo& algorithm : algorithms()) {
    if (algorithm.looks_at_fields) names.push_back(algorithm.name);
  }
  return names;
}
INSTANTIATE_TEST_SUITE_P(Registry, Pairs,
                         testing::Combine(testing::ValuesIn(all_that_look_at_fields()),
                                          testing::Values("None", "Bagging", "Adaptive Boosting")),
                         [](const auto& of) {
                           std::string name = std::get<0>(of.param) + std::get<1>(of.param);
                           std::erase_if(name, [](char c) { return c == ' ' || c == '-'; });
                           return name;
                         });

// The section of the configuration knows the names, the registry the methods.
TEST(Methods, EveryOneCanBeConfigured) {
  for (const AlgorithmInfo& method : methods()) {
    EXPECT_EQ(settings({{"method", lower_case(method.name)}}).method, method.name);
  }
}

TEST(Methods, OptionsOfBothAreSetAndKept) {
  const Model model = build_model(samples(),
                                  settings({{"algorithm", "decision tree"},
                                            {"method", "adaptive boosting"},
                                            {"max_depth", "1"},
                                            {"n_rounds", "3"}}),
                                  "now", {});
  EXPECT_EQ(model.settings.learner_options,
            (std::map<std::string, std::string>{{"learning_rate", "1.0"},
                                                {"max_depth", "1"},
                                                {"min_samples_leaf", "1"},
                                                {"min_samples_split", "20"},
                                                {"n_rounds", "3"}}));
}

TEST(Methods, OptionsThatNobodyKnowsAreRefused) {
  const auto message = [](const Overrides& overrides) {
    return error_of<InputError>([&] { check_recipe(settings(overrides)); });
  };
  EXPECT_EQ(message({{"method", "Bagging"}, {"n_member", "3"}}),
            "--set n_member=3: unknown key \"n_member\"; did you mean \"n_members\"?");
  // An option of another method has no near name: all are listed.
  std::vector<std::string> keys;
  for (const SettingInfo& key : machine_learning_keys()) keys.push_back(key.key);
  const std::string listed = "; the keys are " + join(keys, ", ");
  EXPECT_EQ(message({{"method", "Adaptive Boosting"}, {"n_members", "3"}}),
            "--set n_members=3: unknown key \"n_members\"" + listed +
                "; Logistic Regression with Adaptive Boosting has c, max_iter, n_rounds, "
                "learning_rate");
  EXPECT_EQ(message({{"n_rounds", "3"}}), "--set n_rounds=3: unknown key \"n_rounds\"" + listed +
                                              "; Logistic Regression has c, max_iter");
  EXPECT_EQ(message({{"method", "Bagging"}, {"n_members", "many"}}),
            "bagging: option \"n_members\": expected a whole number, got \"many\"");
  EXPECT_EQ(message({{"method", "Adaptive Boosting"}, {"learning_rate", "-1"}}),
            "ada_boost: option \"learning_rate\" must be between 1e-06 and 10, got -1");
}

TEST(Methods, TheDummyClassifierIsBuiltWithout) {
  const Model model = build_model(
      samples(), settings({{"algorithm", "Dummy Classifier"}, {"method", "Bagging"}}), "now", {});
  EXPECT_EQ(model.settings.method, "None");
  EXPECT_EQ(model.pipeline.classifier().kind(), "dummy_classifier");
  EXPECT_EQ(model.provenance.warnings,
            std::vector<std::string>{
                "method: Bagging has no meaning for the Dummy Classifier; built without"});
}

}  // namespace
}  // namespace resml
