#include "resml/learn/bagging.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"
#include "resml/base/error.hpp"
#include "resml/learn/registry.hpp"
#include "resml/rows/bootstrap.hpp"
#include "training_sets.hpp"

namespace resml {
namespace {

BaggingOptions members(std::uint64_t n) { return BaggingOptions({.n_members = n}); }

const Bagging& bagged(const ClassifierPtr& fitted) { return dynamic_cast<const Bagging&>(*fitted); }

TEST(Bagging, EveryMemberLearnsFromItsOwnDraw) {
  const TrainingSet set = random_set(200, 3, 1);
  const FitContext context{.rng = Rng(7)};
  const ClassifierPtr fitted = Bagging::fit(members(4), {.kind = "bernoulli_nb"}, set, context);
  ASSERT_EQ(bagged(fitted).members().size(), 4U);
  const TrainingSet merged = merge_equal_pairs(set);
  RowMatrix sum = RowMatrix::Zero(200, 3);
  for (std::size_t i = 0; i < 4; ++i) {
    Rng rng = context.rng.stream(i);
    const TrainingSet drawn = with_drawn_counts(merged, draw_bootstrap(merged.counts, rng));
    const RowMatrix expected =
        fit_classifier({.kind = "bernoulli_nb"}, drawn, {})->predict_proba(set.rows);
    EXPECT_EQ(bagged(fitted).members()[i]->predict_proba(set.rows), expected) << i;
    sum += expected;
  }
  EXPECT_LT((fitted->predict_proba(set.rows) - sum / 4).cwiseAbs().maxCoeff(), 1e-15);
}

TEST(Bagging, AnotherSeedAnotherEnsemble) {
  const TrainingSet set = random_set(200, 3, 1);
  const auto probabilities = [&](std::uint64_t seed) {
    return Bagging::fit(members(3), {.kind = "decision_tree"}, set, {.rng = Rng(seed)})
        ->predict_proba(set.rows);
  };
  EXPECT_EQ(probabilities(1), probabilities(1));
  EXPECT_NE(probabilities(1), probabilities(2));
}

// The reason for the method: fully grown trees learn the noise, their mean learns less of it.
TEST(Bagging, IsBetterThanOneTreeOnNoise) {
  const TrainingSet training = random_set(600, 3, 2);
  const TrainingSet fresh = random_set(600, 3, 3);
  const ClassifierSpec tree = {.kind = "decision_tree", .options = {{"min_samples_split", 2}}};
  const auto log_loss = [&](const ClassifierPtr& fitted) {
    const RowMatrix proba = fitted->predict_proba(fresh.rows);
    double loss = 0;
    for (std::size_t i = 0; i < fresh.size(); ++i) {
      loss -= std::log(std::max(proba(static_cast<Eigen::Index>(i), fresh.labels[i]), 1e-9));
    }
    return loss / static_cast<double>(fresh.size());
  };
  EXPECT_LT(log_loss(Bagging::fit(members(50), tree, training, {})),
            0.8 * log_loss(fit_classifier(tree, training, {})));
}

TEST(Bagging, ReportsMembersAndStopsBetweenThem) {
  const TrainingSet set = random_set(100, 2, 4);
  std::vector<std::size_t> done;
  std::stop_source source;
  FitContext context;
  context.stop = source.get_token();
  context.on_progress = [&](const Progress& progress) {
    EXPECT_EQ(progress.what, "bagging");
    EXPECT_EQ(progress.total, 9U);
    done.push_back(progress.done);
    if (progress.done == 2) source.request_stop();
  };
  EXPECT_THROW(Bagging::fit(members(9), {.kind = "logistic_regression"}, set, context), Cancelled);
  EXPECT_EQ(done, (std::vector<std::size_t>{1, 2}));
}

// A bundle with one member of `kind`.
TensorBundle ensemble_of(const TensorBundle& member, const std::string& kind,
                         std::uint32_t n_members = 1) {
  TensorBundle bundle;
  ModelShape{.n_classes = 2, .n_indicators = 12, .n_numbers = 2}.add_to(bundle);
  bundle.add_string("member_kind", kind);
  bundle.add("n_members", std::vector<std::uint32_t>{n_members});
  bundle.add_child("member.0", member);
  return bundle;
}

TEST(Bagging, BelievesNothingInAModelFile) {
  const auto message = [](const TensorBundle& bundle) {
    return error_of<ModelFileError>([&] { load_classifier("bagging", bundle); });
  };
  // As an ensemble stores its only member.
  const auto stored = [](std::uint32_t n_classes) {
    return Bagging::fit(members(1), {.kind = "bernoulli_nb"}, random_set(20, n_classes, 1), {})
        ->save()
        .child("member.0");
  };
  EXPECT_EQ(message(ensemble_of(stored(2), "bernoulli_nb")), "(nothing was thrown)");
  EXPECT_EQ(message(ensemble_of(stored(2), "bernoulli_nb", 0)),
            "bagging: array \"n_members\": an ensemble without members");
  EXPECT_EQ(message(ensemble_of(stored(2), "bernoulli_nb", 4000000000)),
            "bagging: member 1 of 4000000000: missing");
  EXPECT_EQ(message(ensemble_of(stored(2), "decision_tree")),
            "bagging: decision_tree: array \"column\": missing");
  EXPECT_EQ(message(ensemble_of(stored(3), "bernoulli_nb")),
            "bagging: bernoulli_nb: array \"class_weight\": expected 2 values, got 3");
  TensorBundle shaped = stored(2);
  shaped.add("shape", std::vector<std::uint32_t>{2, 12, 2});
  EXPECT_EQ(message(ensemble_of(shaped, "bernoulli_nb")),
            "bagging: member 0: has a shape of its own");
  EXPECT_EQ(message(ensemble_of(stored(2), "bagging")),
            "bagging: unknown kind of classifier \"bagging\"; was it built by a newer version?");
}

}  // namespace
}  // namespace resml
