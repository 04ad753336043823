#include "resml/pipeline/comparison.hpp"

#include <gtest/gtest.h>

#include <stop_token>

#include "error_of.hpp"
#include "resml/base/error.hpp"
#include "resml/pipeline/model_file.hpp"
#include "small_source.hpp"

namespace resml {
namespace {

Source incidents() {
  return source_of(concat(kIncidentHeader, "\n", join(random_incidents(300, 1), "\n"), "\n"));
}

std::vector<std::string> names_of(const std::vector<Pair>& pairs) {
  std::vector<std::string> names;
  for (const Pair& pair : pairs) names.push_back(pair_name(pair));
  return names;
}

TEST(Comparison, PairsByName) {
  EXPECT_EQ(
      names_of(parse_pairs(" svm+bagging ,k-nearest neighbors, GaussianNB + none", "--pairs")),
      (std::vector<std::string>{"SVM + Bagging", "K-Nearest Neighbor", "GaussianNB"}));
  EXPECT_EQ(error_of<InputError>([] { parse_pairs("SVM + Baging", "--pairs"); }),
            "--pairs: expected one of Bagging, Adaptive Boosting, got \"Baging\"; did you mean "
            "\"Bagging\"?");
  EXPECT_EQ(error_of<InputError>([] { parse_pairs("SVM, svm", "--pairs"); }),
            "--pairs: \"SVM\" is there twice");
}

TEST(Comparison, AllPairsAreEveryAlgorithmWithEveryMethodIfItLooksAtFields) {
  const std::vector<Pair> pairs = all_pairs();
  std::size_t n_pairs = 0;
  for (const AlgorithmInfo& algorithm : algorithms()) {
    n_pairs += algorithm.looks_at_fields ? methods().size() + 1 : 1;
  }
  EXPECT_EQ(pairs.size(), n_pairs);
  EXPECT_FALSE(find_algorithm("Dummy Classifier").looks_at_fields);
  EXPECT_EQ(names_of(parse_pairs("", "--pairs")), names_of(pairs));
}

TEST(Comparison, OptionsOfOtherPairsAreLeftOutButNotSlips) {
  MachineLearningSettings settings = incident_settings("SVM");
  settings.learner_options = {{"n_trees", "7"}, {"n_members", "3"}, {"max_depth", "2"}};
  const auto kept = [&](const Pair& pair) { return settings_for(settings, pair).learner_options; };
  using Options = std::map<std::string, std::string>;
  EXPECT_EQ(kept({"SVM", "None"}), Options{});
  EXPECT_EQ(kept({"Decision Tree", "None"}), (Options{{"max_depth", "2"}}));
  EXPECT_EQ(kept({"Random Forest", "Bagging"}), settings.learner_options);
  settings.learner_options["n_tres"] = "7";
  EXPECT_NE(error_of<InputError>([&] {
              compare_pairs(incidents(), settings, {parse_pairs("SVM", "")}, {});
            }).find("n_tres"),
            std::string::npos);
}

// Each pair is what a build of it alone would have been.
TEST(Comparison, EachPairIsBuiltAsAlone) {
  const Source source = incidents();
  MachineLearningSettings settings = incident_settings("dummy_classifier");
  settings.learner_options["n_members"] = "3";
  settings.imbalance_upsampling = true;
  const auto pairs =
      parse_pairs("Dummy Classifier, GaussianNB, Decision Tree + Bagging, SVM", "--pairs");
  std::vector<std::string> heard;
  const Comparison comparison = compare_pairs(
      source, settings,
      {.pairs = pairs,
       .created = "now",
       .on_done = [&](const Contender& contender) { heard.push_back(pair_name(contender.pair)); }},
      {});
  EXPECT_EQ(heard, names_of(pairs));
  ASSERT_EQ(comparison.contenders.size(), pairs.size());
  EXPECT_FALSE(comparison.stopped);
  for (const Contender& contender : comparison.contenders) {
    SCOPED_TRACE(pair_name(contender.pair));
    const Model alone = build_model(source, settings_for(settings, contender.pair), "now", {});
    EXPECT_EQ(contender.evaluation.accuracy.value, alone.evaluation.accuracy.value);
    EXPECT_EQ(contender.evaluation.macro_f1.value, alone.evaluation.macro_f1.value);
    EXPECT_GT(contender.build_seconds, 0);
    EXPECT_GT(contender.answer_seconds, 0);
    if (&contender == &comparison.contenders.front()) {
      EXPECT_EQ(encode_model(comparison.best), encode_model(alone));
    }
  }
}

TEST(Comparison, BestFirstAndHowFarBehindTheOthersAre) {
  const auto contenders = compare_pairs(incidents(), incident_settings("SVM"),
                                        {parse_pairs("Dummy Classifier, Decision Tree", "")}, {})
                              .contenders;
  EXPECT_EQ(contenders[0].pair.algorithm, "Decision Tree");
  EXPECT_EQ(contenders[0].behind.value, 0);
  EXPECT_FALSE(contenders[0].is_worse());
  EXPECT_NEAR(contenders[1].behind.value,
              contenders[0].evaluation.accuracy.value - contenders[1].evaluation.accuracy.value,
              1e-12);
  EXPECT_TRUE(contenders[1].is_worse());
}

// Nine of ten incidents are of class 0. Bayes with balanced weights finds the rare ones and pays
// for it in accuracy; a tree of one leaf answers 0.
TEST(Comparison, ByF1RareValuesCount) {
  Rng rng(1);
  std::string csv = "a,p\n";
  for (int i = 0; i < 600; ++i) {
    const bool rare = rng.below(10) == 0;
    csv += concat(rare || rng.below(8) == 0 ? 'x' : 'y', ',', rare ? 1 : 0, '\n');
  }
  MachineLearningSettings settings;
  settings.prediction = "p";
  settings.features = {"a"};
  settings.class_weight.balanced = true;
  settings.learner_options["max_depth"] = "0";
  const auto order = [&](Criterion criterion) {
    MachineLearningSettings leaf = settings;
    leaf.learner_options["min_samples_split"] = "100000";
    leaf.class_weight = {};
    std::vector<std::string> names;
    const auto pairs = parse_pairs("Decision Tree, Dummy Classifier, BernoulliNB", "");
    for (const Contender& contender :
         compare_pairs(source_of(csv), leaf, {.pairs = pairs, .criterion = criterion}, {})
             .contenders) {
      names.push_back(contender.pair.algorithm);
    }
    return names;
  };
  EXPECT_EQ(order(Criterion::Accuracy).front(), "Decision Tree");
  EXPECT_NE(order(Criterion::MacroF1).front(), "Decision Tree");
  EXPECT_EQ(parse_criterion("F1", "--by"), Criterion::MacroF1);
  EXPECT_EQ(error_of<InputError>([] { parse_criterion("best", "--by"); }),
            "--by: expected accuracy or f1, got \"best\"");
}

TEST(Comparison, AStopKeepsWhatIsDone) {
  std::stop_source stop;
  const auto pairs = parse_pairs("GaussianNB, BernoulliNB, Decision Tree", "");
  const FitContext context{.stop = stop.get_token()};
  const ComparisonPlan plan{.pairs = pairs,
                            .on_done = [&](const Contender&) { stop.request_stop(); }};
  const Comparison comparison = compare_pairs(incidents(), incident_settings("SVM"), plan, context);
  EXPECT_TRUE(comparison.stopped);
  ASSERT_EQ(comparison.contenders.size(), 1U);
  EXPECT_THROW(compare_pairs(incidents(), incident_settings("SVM"), plan, context), Cancelled);
}

}  // namespace
}  // namespace resml
