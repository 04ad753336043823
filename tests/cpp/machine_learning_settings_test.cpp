#include "resml/settings/machine_learning_settings.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"
#include "resml/base/error.hpp"

namespace resml {
namespace {

using Overrides = std::vector<std::pair<std::string, std::string>>;

std::optional<std::string> environment(const std::string& name) {
  if (name == "FIELD") return "severity_code";
  return std::nullopt;
}

// Line 1 is the section, 2 and 3 are the two keys that must be there; `more` begins at line 4.
MachineLearningSettings read(const std::string& more, const Overrides& overrides = {}) {
  const IniFile file = IniFile::parse(
      "[machine_learning]\nprediction=severity_code\nfeatures=a, b\n" + more, "ml.config");
  return read_machine_learning_settings(&file, overrides, environment);
}

std::string error_of_line(const std::string& line) {
  return error_of<InputError>([&] { read(line + '\n'); });
}

std::string error_of_override(const std::string& key, const std::string& value) {
  return error_of<InputError>([&] { read("", {{key, value}}); });
}

using Names = std::vector<std::string>;

TEST(MachineLearningSettings, DefaultsHoldForWhatIsNotSet) {
  const MachineLearningSettings settings = read("");
  EXPECT_EQ(settings.prediction, "severity_code");
  EXPECT_EQ(settings.features, (Names{"a", "b"}));
  EXPECT_EQ(settings.algorithm, "Logistic Regression");
  EXPECT_EQ(settings.method, "None");
  EXPECT_EQ(settings.split, 0.5);
  EXPECT_FALSE(settings.class_weight.balanced);
  EXPECT_EQ(settings.class_weight.text, "None");
  EXPECT_FALSE(settings.imbalance_upsampling);
  EXPECT_EQ(settings.unwanted_values, Names{"None"});
  EXPECT_EQ(settings.encoding, Encoding::Auto);
  EXPECT_EQ(settings.missing, Missing::Value);
  EXPECT_EQ(settings.rare_values, RareValues::Keep);
  EXPECT_TRUE(settings.refit);
  EXPECT_FALSE(settings.compatible_1_1);
  EXPECT_EQ(settings.seed, 0U);
  EXPECT_TRUE(settings.learner_options.empty());
}

TEST(MachineLearningSettings, ReadsEveryKey) {
  const MachineLearningSettings settings = read(
      "Algorithm = Decision Tree\nmethod = adaptive boosting\nsplit = 0.25\n"
      "class_weight = {\"Low\": 1, \"High\": 2.5}\nimbalance_upsampling = TRUE\n"
      "unwanted_values = None, 4 ,\nencoding = Original\nmissing = drop\nrefit = false\n"
      "seed = 18446744073709551615\nrare_values = error\n"
      "types = severity_code:category, created : date\ntime_start = 2018-10-01\n"
      "time_end = x\nmax_count = 3\nn_trees = 7\n");
  EXPECT_EQ(settings.algorithm, "Decision Tree");
  EXPECT_EQ(settings.method, "Adaptive Boosting");
  EXPECT_EQ(settings.split, 0.25);
  EXPECT_EQ(settings.class_weight.per_class,
            (std::map<std::string, double>{{"High", 2.5}, {"Low", 1}}));
  EXPECT_EQ(settings.class_weight.text, "{\"High\":2.5,\"Low\":1}");
  EXPECT_TRUE(settings.imbalance_upsampling);
  EXPECT_EQ(settings.unwanted_values, (Names{"None", "4"}));
  EXPECT_EQ(settings.encoding, Encoding::Original);
  EXPECT_EQ(settings.missing, Missing::Drop);
  EXPECT_FALSE(settings.refit);
  EXPECT_EQ(settings.seed, 18446744073709551615U);
  EXPECT_EQ(settings.rare_values, RareValues::Error);
  EXPECT_EQ(settings.types, (std::map<std::string, std::string>{{"severity_code", "category"},
                                                                {"created", "date"}}));
  EXPECT_EQ(settings.learner_options, (std::map<std::string, std::string>{{"n_trees", "7"}}));
  EXPECT_EQ(settings.option_places.at("n_trees"), "ml.config:19");
}

TEST(MachineLearningSettings, UpsamplingIsOffUnlessItIsTrue) {
  for (const std::string value : {"false", "False", "None", ""})
    EXPECT_FALSE(read("imbalance_upsampling = " + value + '\n').imbalance_upsampling) << value;
  EXPECT_TRUE(read("imbalance_upsampling = TRUE\n").imbalance_upsampling);
}

TEST(MachineLearningSettings, NoneAndNothingMeanNoWeightsAndNoMethod) {
  for (const std::string value : {"None", "none", ""}) {
    const auto settings = read("class_weight = " + value + "\nmethod = " + value + '\n');
    EXPECT_FALSE(settings.class_weight.balanced);
    EXPECT_EQ(settings.class_weight.text, "None");
    EXPECT_EQ(settings.method, "None");
  }
  EXPECT_EQ(read("class_weight = Balanced\n").class_weight.text, "balanced");
}

TEST(MachineLearningSettings, EmptyUnwantedValuesLeaveNothingOut) {
  const MachineLearningSettings settings = read("unwanted_features =\n");
  EXPECT_TRUE(settings.unwanted_values.empty());
}

TEST(MachineLearningSettings, OverridesWinOverTheFile) {
  const auto settings =
      read("split = 0.3\nunwanted_values = x\nn_trees = 7\n", {{"split", "0.1"},
                                                               {"Split", " 0.2 "},
                                                               {"unwanted_features", "y"},
                                                               {"features", "c"},
                                                               {"n_trees", "8"}});
  EXPECT_EQ(settings.split, 0.2);
  EXPECT_EQ(settings.unwanted_values, Names{"y"});
  EXPECT_EQ(settings.features, Names{"c"});
  EXPECT_EQ(settings.learner_options.at("n_trees"), "8");
  EXPECT_EQ(settings.option_places.at("n_trees"), "--set n_trees=8");
}

TEST(MachineLearningSettings, NoFileIsNeeded) {
  const auto settings = read_machine_learning_settings(
      nullptr, {{"prediction", "p"}, {"features", "a"}}, environment);
  EXPECT_EQ(settings.prediction, "p");
  const IniFile other = IniFile::parse("[resilient]\nhost=h\n", "app.config");
  EXPECT_EQ(
      read_machine_learning_settings(&other, {{"prediction", "p"}, {"features", "a"}}, environment)
          .features,
      Names{"a"});
}

TEST(MachineLearningSettings, EnvironmentIsForTheFile) {
  const IniFile file =
      IniFile::parse("[machine_learning]\nprediction=$FIELD\nfeatures=x_${FIELD}\n", "ml.config");
  const auto settings =
      read_machine_learning_settings(&file, {{"algorithm", "$FIELD"}}, environment);
  EXPECT_EQ(settings.prediction, "severity_code");
  EXPECT_EQ(settings.features, Names{"x_severity_code"});
  EXPECT_EQ(settings.algorithm, "$FIELD");
}

TEST(MachineLearningSettings, CompatibleYieldsToWhatIsSet) {
  const auto all = read("compatible = 1.1\n");
  EXPECT_TRUE(all.compatible_1_1);
  EXPECT_EQ(all.encoding, Encoding::Original);
  EXPECT_EQ(all.missing, Missing::Drop);
  EXPECT_FALSE(all.refit);
  const auto some = read("refit = true\ncompatible = 1.1\n", {{"encoding", "auto"}});
  EXPECT_TRUE(some.compatible_1_1);
  EXPECT_EQ(some.encoding, Encoding::Auto);
  EXPECT_EQ(some.missing, Missing::Drop);
  EXPECT_TRUE(some.refit);
}

TEST(MachineLearningSettings, DefaultsOfTheFileAreInheritedButNotJudged) {
  const IniFile file = IniFile::parse(
      "[DEFAULT]\nprediction=p\nloglevel=info\n[machine_learning]\nfeatures=a\n", "app.config");
  const auto settings = read_machine_learning_settings(&file, {}, environment);
  EXPECT_EQ(settings.prediction, "p");
  EXPECT_TRUE(settings.learner_options.empty());
}

TEST(MachineLearningSettings, NamesWhatIsMissing) {
  const auto error_of_text = [](const std::string& text) {
    const IniFile file = IniFile::parse(text, "ml.config");
    return error_of<InputError>([&] { read_machine_learning_settings(&file, {}, environment); });
  };
  EXPECT_EQ(error_of_text("[resilient]\nhost=h\n"),
            "ml.config: section [machine_learning] is missing; res-ml config writes a sample");
  EXPECT_EQ(error_of_text("[machine_learning]\nfeatures=a\n"),
            "ml.config: section [machine_learning]: key \"prediction\" is missing");
  EXPECT_EQ(error_of_text("[machine_learning]\nprediction=p\n"),
            "ml.config: section [machine_learning]: key \"features\" is missing");
  EXPECT_EQ(error_of<InputError>([] {
              read_machine_learning_settings(nullptr, {{"prediction", "p"}}, environment);
            }),
            "key \"features\" is missing; give it as --set features=... or in a configuration "
            "file");
}

TEST(MachineLearningSettings, NamesTheFieldThatIsWrong) {
  EXPECT_EQ(error_of_override("prediction", " "),
            "--set prediction=: expected the name of a field, got \"\"");
  EXPECT_EQ(error_of_override("features", " , "),
            "--set features=,: expected names of fields, separated by commas, got \",\"");
  EXPECT_EQ(error_of_override("features", "c,a,c"), "--set features=c,a,c: \"c\" appears twice");
  EXPECT_EQ(error_of_override("prediction", "b"),
            "ml.config:3: key \"features\": \"b\" is the predicted field; leave it out");
}

TEST(MachineLearningSettings, NamesTheValueThatIsWrong) {
  const std::string key = "ml.config:4: key ";
  EXPECT_EQ(error_of_line("split = 50%"),
            key + "\"split\": expected a number above 0 and below 1, got \"50%\"");
  for (const std::string value : {"0", "1", "-0.1", "2", "nan", "inf", ""})
    EXPECT_EQ(
        error_of_override("split", value),
        "--set split=" + value + ": expected a number above 0 and below 1, got \"" + value + "\"");
  EXPECT_EQ(error_of_line("method = Baging"),
            key +
                "\"method\": expected None, Bagging or Adaptive Boosting, got \"Baging\"; did "
                "you mean \"Bagging\"?");
  EXPECT_EQ(error_of_line("imbalance_upsampling = yes"),
            key + "\"imbalance_upsampling\": expected true or false, got \"yes\"");
  EXPECT_EQ(error_of_line("split_by = age"),
            key + "\"split_by\": expected chance or time, got \"age\"");
  EXPECT_EQ(error_of_line("encoding = utf-8"),
            key + "\"encoding\": expected auto or original, got \"utf-8\"");
  EXPECT_EQ(error_of_line("missing = yes"),
            key + "\"missing\": expected value or drop, got \"yes\"");
  EXPECT_EQ(error_of_line("refit = 1"), key + "\"refit\": expected true or false, got \"1\"");
  EXPECT_EQ(error_of_line("rare_values = kep"),
            key +
                "\"rare_values\": expected keep, drop or error, got \"kep\"; did you mean "
                "\"keep\"?");
  EXPECT_EQ(error_of_line("compatible = 1.0"),
            key + "\"compatible\": expected 1.1 or None, got \"1.0\"");
  for (const std::string value : {"-1", "1.5", "18446744073709551616", ""})
    EXPECT_EQ(error_of_line("seed = " + value),
              key + "\"seed\": expected a whole number from 0 to 18446744073709551615, got \"" +
                  value + "\"");
}

TEST(MachineLearningSettings, NamesTheWeightThatIsWrong) {
  const std::string place = "ml.config:4: key \"class_weight\": ";
  for (const std::string value : {"Balance", "[1]", "{'High': 2}", "{\"High\": 1e999}"}) {
    EXPECT_EQ(error_of_line("class_weight = " + value),
              place + "expected balanced, None or a JSON object, got " + quoted(value));
  }
  EXPECT_EQ(error_of_line("class_weight = {\"High\": 0}"),
            place + "weight of \"High\" must be a number above 0, got 0");
  EXPECT_EQ(error_of_line("class_weight = {\"High\": \"2\"}"),
            place + "weight of \"High\" must be a number above 0, got \"2\"");
  const std::string bomb(100000, '[');
  EXPECT_EQ(error_of_line("class_weight = " + bomb),
            place + "expected balanced, None or a JSON object, got " + quoted(bomb));
}

TEST(MachineLearningSettings, NamesTheTypeThatIsWrong) {
  const std::string place = "ml.config:4: key \"types\": ";
  EXPECT_EQ(error_of_line("types = a:date, b"), place + "expected field:kind, got \"b\"");
  EXPECT_EQ(error_of_line("types = a:"), place + "expected field:kind, got \"a:\"");
  EXPECT_EQ(error_of_line("types = : date"), place + "expected field:kind, got \": date\"");
  EXPECT_EQ(error_of_line("types = a:date, a:text"), place + "\"a\" appears twice");
}

TEST(MachineLearningSettings, RefusesBothNamesOfOneKey) {
  EXPECT_EQ(error_of_line("unwanted_values = a\nunwanted_features = b"),
            "ml.config:5: key \"unwanted_features\" is another name of \"unwanted_values\", which "
            "stands at ml.config:4");
}

TEST(MachineLearningSettings, AnUnknownKeyIsRefusedWithItsPlace) {
  const auto error_of_key = [](const std::string& more, const Overrides& overrides,
                               const std::string& key) {
    return error_of<InputError>(
        [&] { throw_unknown_key(read(more, overrides), key, {"n_trees"}); });
  };
  EXPECT_EQ(error_of_key("splt = 0.5\n", {}, "splt"),
            "ml.config:4: unknown key \"splt\"; did you mean \"split\"?");
  EXPECT_EQ(error_of_key("", {{"ntrees", "5"}}, "ntrees"),
            "--set ntrees=5: unknown key \"ntrees\"; did you mean \"n_trees\"?");
  EXPECT_EQ(
      error_of_key("zzz = 1\n", {}, "zzz"),
      "ml.config:4: unknown key \"zzz\"; the keys are prediction, features, algorithm, method, "
      "split, class_weight, imbalance_upsampling, unwanted_values, time_start, time_end, "
      "max_count, time_field, connections, split_by, encoding, missing, refit, seed, rare_values, "
      "types, "
      "compatible; "
      "Logistic "
      "Regression has n_trees");
}

}  // namespace
}  // namespace resml
