#include "resml/learn/ada_boost.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"
#include "known_answers.hpp"
#include "resml/base/error.hpp"
#include "resml/learn/registry.hpp"

namespace resml {
namespace {

using nlohmann::json;

AdaBoostOptions rounds(std::uint64_t n, double learning_rate = 1) {
  AdaBoostOptions options({.n_members = 10, .n_rounds = n});
  options.learning_rate = learning_rate;
  return options;
}

const AdaBoost& boosted(const ClassifierPtr& fitted) {
  return dynamic_cast<const AdaBoost&>(*fitted);
}

// tests/data/known_answers/boosting.json, made by make_boosting.py beside it.
void expect_known(const KnownAnswers& known, const ClassifierSpec& base, std::uint64_t n_rounds,
                  double tolerance) {
  json answers;
  std::ifstream(RESML_TEST_DATA "/known_answers/boosting.json") >> answers;
  const ClassifierPtr fitted = AdaBoost::fit(rounds(n_rounds), base, known.set, {});
  EXPECT_EQ(boosted(fitted).steps(), std::vector<double>(n_rounds, 1)) << base.kind;
  EXPECT_LT(largest_difference(fitted->predict_proba(known.queries),
                               KnownAnswers::matrix(answers[base.kind])),
            tolerance)
      << base.kind;
}

TEST(AdaBoost, AgreesWithScikitLearn) {
  const KnownAnswers known;
  expect_known(known, {.kind = "decision_tree", .options = {{"max_depth", 2}}}, 5, 1e-9);
  expect_known(known, {.kind = "bernoulli_nb"}, 2, 1e-9);
  expect_known(KnownAnswers::scaled(), {.kind = "logistic_regression", .options = {{"c", 0.05}}}, 5,
               1e-6);
}

// Where the indicator is on, 3 of 4 incidents are of class 0; where it is off, 3 of 4 of class 1.
TrainingSet three_of_four() {
  TrainingSet set = empty_set(1, 0, 2);
  append_row(set, {0}, {}, 0, 3);
  append_row(set, {0}, {}, 1, 1);
  append_row(set, {}, {}, 0, 1);
  append_row(set, {}, {}, 1, 3);
  return set;
}

const ClassifierSpec kTree = {.kind = "decision_tree", .options = {{"min_samples_split", 2}}};

TEST(AdaBoost, TwoRoundsByHand) {
  const TrainingSet set = three_of_four();
  // Round 1 says 3/4. A row is boosted by the mean of log 3/4 and log 1/4 minus the log of its own:
  // -log(3)/2 where it is right, log(3)/2 where it is wrong. At learning rate 1/2 the weights on
  // one side become 3^(3/4) and 3^(1/4), and round 2 says sqrt(3) : 1. The geometric mean of 3 : 1
  // and sqrt(3) : 1 is 3^(3/4) : 1.
  const ClassifierPtr two = AdaBoost::fit(rounds(2, 0.5), kTree, set, {});
  ASSERT_EQ(boosted(two).members().size(), 2U);
  EXPECT_NEAR(boosted(two).members()[1]->predict_proba(set.rows)(0, 0),
              std::sqrt(3) / (std::sqrt(3) + 1), 1e-12);
  const double odds = std::pow(3, 0.75);
  const RowMatrix proba = two->predict_proba(set.rows);
  EXPECT_NEAR(proba(0, 0), odds / (odds + 1), 1e-12);
  EXPECT_NEAR(proba(3, 1), odds / (odds + 1), 1e-12);
}

TEST(AdaBoost, EndsBeforeAMemberNoBetterThanChance) {
  // At learning rate 1 the weights of both classes are equal after round 1.
  const TrainingSet set = three_of_four();
  const ClassifierPtr fitted = AdaBoost::fit(rounds(50), kTree, set, {});
  EXPECT_EQ(boosted(fitted).members().size(), 1U);
  EXPECT_NEAR(fitted->predict_proba(set.rows)(0, 0), 0.75, 1e-12);
}

TEST(AdaBoost, AFirstMemberNoBetterThanChanceStaysAlone) {
  TrainingSet set = empty_set(0, 0, 2);
  append_row(set, {}, {}, 0, 2);
  append_row(set, {}, {}, 1, 2);
  const ClassifierPtr fitted = AdaBoost::fit(rounds(50), kTree, set, {});
  EXPECT_EQ(boosted(fitted).members().size(), 1U);
  EXPECT_NEAR(fitted->predict_proba(set.rows)(0, 0), 0.5, 1e-12);
}

TEST(AdaBoost, EndsWithAMemberThatIsAlwaysRight) {
  TrainingSet set = three_of_four();
  set.weights[1] = set.weights[2] = 0;
  const ClassifierPtr fitted = AdaBoost::fit(rounds(50), kTree, set, {});
  EXPECT_EQ(boosted(fitted).members().size(), 1U);
  EXPECT_EQ(boosted(fitted).steps(), std::vector<double>{1});
  EXPECT_EQ(fitted->predict_proba(set.rows)(0, 0),
            1 / (1 + std::numeric_limits<double>::epsilon()));
}

// Nine copies of one indicator make naive Bayes nine times surer than it may be: odds of 3^9 where
// 3 are right. With x = 3^(9 s / 2) a step s changes the loss from 4 to 3 / x + x, which is less
// where x < 3, that is s < 2/9.
TEST(AdaBoost, TheVoteOfASureMemberIsHalvedUntilItHelps) {
  TrainingSet set = empty_set(9, 0, 2);
  const std::vector<std::uint32_t> all = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  append_row(set, all, {}, 0, 3);
  append_row(set, all, {}, 1, 1);
  append_row(set, {}, {}, 0, 1);
  append_row(set, {}, {}, 1, 3);
  const ClassifierSpec bayes = {.kind = "bernoulli_nb", .options = {{"alpha", 1e-10}}};
  const ClassifierPtr one = AdaBoost::fit(rounds(1), bayes, set, {});
  EXPECT_EQ(boosted(one).steps(), std::vector<double>{0.125});
  const ClassifierPtr ten = AdaBoost::fit(rounds(10), bayes, set, {});
  EXPECT_GT(ten->predict_proba(set.rows)(0, 0), 0.5);
  EXPECT_GT(ten->predict_proba(set.rows)(3, 1), 0.5);
}

TEST(AdaBoost, ClassesWithoutWeightTakeNoPart) {
  TrainingSet set = random_set(100, 2, 1);
  const ClassifierSpec tree = {.kind = "decision_tree"};
  const RowMatrix two = AdaBoost::fit(rounds(5), tree, set, {})->predict_proba(set.rows);
  for (std::uint32_t& label : set.labels) label *= 2;
  set.n_classes = 4;
  const RowMatrix four = AdaBoost::fit(rounds(5), tree, set, {})->predict_proba(set.rows);
  EXPECT_EQ(two.col(0), four.col(0));
  EXPECT_EQ(two.col(1), four.col(2));
  EXPECT_EQ(four.col(1).maxCoeff() + four.col(3).maxCoeff(), 0);
}

TEST(AdaBoost, ReportsRoundsAndStopsBetweenThem) {
  const TrainingSet set = random_set(300, 3, 2);
  std::vector<std::size_t> done;
  std::stop_source source;
  FitContext context;
  context.stop = source.get_token();
  context.on_progress = [&](const Progress& progress) {
    EXPECT_EQ(progress.what, "ada_boost");
    EXPECT_EQ(progress.total, 5U);
    done.push_back(progress.done);
    if (progress.done == 2) source.request_stop();
  };
  const ClassifierSpec tree = {.kind = "decision_tree", .options = {{"max_depth", 1}}};
  EXPECT_THROW(AdaBoost::fit(rounds(5), tree, set, context), Cancelled);
  EXPECT_EQ(done, (std::vector<std::size_t>{0, 1, 2}));
}

TEST(AdaBoost, BelievesNothingInAModelFile) {
  const TensorBundle whole = AdaBoost::fit(rounds(2, 0.5), kTree, three_of_four(), {})->save();
  const auto message = [&](const std::string& name, auto values) {
    TensorBundle changed;
    for (const auto& [key, text] : whole.strings()) changed.add_string(key, text);
    for (const auto& [key, tensor] : whole.tensors()) {
      if (key == name) {
        changed.add(key, values);
      } else {
        changed.add_tensor(key, *tensor.values, tensor.shape);
      }
    }
    return error_of<ModelFileError>([&] { load_classifier("ada_boost", changed); });
  };
  EXPECT_EQ(message("steps", std::vector<double>{1, 0}),
            "ada_boost: array \"steps\": expected numbers from 0.000976562 to 1, got 0");
  EXPECT_EQ(message("steps", std::vector<double>{1, 2}),
            "ada_boost: array \"steps\": expected numbers from 0.000976562 to 1, got 2");
  EXPECT_EQ(message("class_weight", std::vector<double>{0, 0}),
            "ada_boost: array \"class_weight\": no class has a weight above 0");
}

}  // namespace
}  // namespace resml
