// An iteration limit that was too small is told with its remedy, by a learner and by the ensembles
// of it.
#include <gtest/gtest.h>

#include "resml/learn/registry.hpp"
#include "training_sets.hpp"

namespace resml {
namespace {

std::vector<std::string> warnings_of(const ClassifierSpec& spec) {
  std::vector<std::string> warnings;
  FitContext context;
  context.threads = 4;
  context.on_warning = [&](const std::string& warning) { warnings.push_back(warning); };
  const TrainingSet set = random_set(200, 3, 1);
  EXPECT_TRUE(fit_classifier(spec, set, context)->predict_proba(set.rows).allFinite());
  return warnings;
}

struct Case {
  std::string kind;
  std::string unit;  // of what there is one a value, or a pair of values
};

class FitWarnings : public testing::TestWithParam<Case> {
 protected:
  std::string warning() const {
    return GetParam().kind + ": max_iter = 2 was not enough for 3 of 3 " + GetParam().unit +
           "; raise it or lower c";
  }
  ClassifierSpec spec(std::string method = "", nlohmann::json method_options = {}) const {
    return {.kind = GetParam().kind,
            .options = {{"max_iter", 2}},
            .method = std::move(method),
            .method_options = std::move(method_options)};
  }
};

TEST_P(FitWarnings, AreNotGivenWithoutReason) {
  EXPECT_EQ(warnings_of({.kind = GetParam().kind}), std::vector<std::string>{});
}

TEST_P(FitWarnings, NameTheRemedy) {
  EXPECT_EQ(warnings_of(spec()), std::vector<std::string>{warning()});
}

TEST_P(FitWarnings, OfMembersAreToldOnce) {
  EXPECT_EQ(warnings_of(spec("bagging", {{"n_members", 5}})),
            std::vector<std::string>{"bagging: 5 of 5 members: " + warning()});
  EXPECT_EQ(warnings_of(spec("ada_boost", {{"n_rounds", 1}})),
            std::vector<std::string>{"ada_boost: 1 of 1 members: " + warning()});
}

INSTANTIATE_TEST_SUITE_P(Learners, FitWarnings,
                         testing::Values(Case{"logistic_regression", "values"},
                                         Case{"rbf_svm", "borders"}),
                         [](const auto& of) { return of.param.kind; });

}  // namespace
}  // namespace resml
