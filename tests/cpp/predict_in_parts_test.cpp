#include "resml/learn/predict_in_parts.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"
#include "resml/base/error.hpp"
#include "resml/learn/registry.hpp"
#include "training_sets.hpp"

namespace resml {
namespace {

// One that decides by itself, and one by its probabilities.
TEST(PredictInParts, SaysWhatTheWholeDoes) {
  const TrainingSet set = random_set(300, 3, 1);
  const TrainingSet asked = random_set(9001, 3, 2);
  FitContext context;
  context.threads = 2;
  for (const char* kind : {"rbf_svm", "decision_tree"}) {
    const ClassifierPtr fitted = fit_classifier({.kind = kind}, set, {});
    const Classifier::Answers whole = fitted->answer(asked.rows);
    const Classifier::Answers parts = answer_in_parts(*fitted, asked.rows, context);
    EXPECT_EQ(parts.proba, whole.proba) << kind;
    EXPECT_EQ(parts.decisions, whole.decisions) << kind;
    EXPECT_EQ(predict_in_parts(*fitted, asked.rows, context), whole.proba) << kind;
  }
}

TEST(PredictInParts, AStopIsHonoured) {
  const ClassifierPtr fitted = fit_classifier({.kind = "rbf_svm"}, random_set(300, 3, 1), {});
  std::stop_source source;
  FitContext context;
  context.stop = source.get_token();
  source.request_stop();
  EXPECT_THROW(answer_in_parts(*fitted, random_set(9001, 3, 2).rows, context), Cancelled);
}

}  // namespace
}  // namespace resml
