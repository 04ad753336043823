#pragma once

#include "resml/base/fit_context.hpp"
#include "resml/learn/classifier.hpp"
#include "resml/learn/ensemble_members.hpp"
#include "resml/learn/ensemble_sizes.hpp"
#include "resml/learn/options.hpp"
#include "resml/learn/spec.hpp"

namespace resml {

struct AdaBoostOptions {
  explicit AdaBoostOptions(const EnsembleSizes& sizes) : n_rounds(sizes.n_rounds) {}

  std::uint64_t n_rounds;
  double learning_rate = 1;

  void each_field(FieldVisitor& visit) {
    visit("n_rounds", n_rounds, between(1, 10000), "models at most, one after the other");
    visit("learning_rate", learning_rate, between(1e-6, 10),
          "how much more what a round gets wrong weighs in the next one");
  }
};

// SAMME.R (Zhu, Zou, Rosset, Hastie, "Multi-class AdaBoost", Statistics and Its Interface 2, 2009,
// section 4). Each round learns from the incidents weighted by how wrong the rounds before were
// about them. Its vote for class k of K is (K - 1) (log p_k - mean of the log p); the probabilities
// of the ensemble are the softmax of the mean vote over K - 1, that is the members' geometric mean
// made to sum to 1. Classes without weight take no part.
//
// The paper's step is right for members that know how sure they may be. The naive Bayes ones do
// not: where a full step would raise the exponential loss it is halved until it lowers it, and the
// vote counts by its step.
//
// Ends early after a member that is always right, or before one that is no better than chance or
// that no step makes useful (if it is the first, it stays alone).
class AdaBoost final : public Classifier {
 public:
  using Options = AdaBoostOptions;
  static constexpr std::string_view kKind = "ada_boost";
  static constexpr std::string_view kName = "Adaptive Boosting";
  static constexpr std::string_view kMeaning =
      "models one after the other, each learning most from what those before got wrong";

  static ClassifierPtr fit(const Options& options, const ClassifierSpec& base,
                           const TrainingSet& set, const FitContext& context);
  static ClassifierPtr load(const TensorBundle& bundle);

  std::string_view kind() const override { return kKind; }
  RowMatrix predict_proba(const CompactRows& rows) const override;
  TensorBundle save() const override;

  const Members& members() const { return members_; }
  const std::vector<double>& steps() const { return steps_; }

 private:
  AdaBoost(const ModelShape& shape, std::vector<double> class_weight, std::vector<double> steps,
           Members members)
      : Classifier(shape),
        class_weight_(std::move(class_weight)),
        steps_(std::move(steps)),
        members_(std::move(members)) {}

  std::vector<double> class_weight_;  // only which are above 0 matters
  std::vector<double> steps_;         // by member, above 0 and at most 1
  Members members_;
};

}  // namespace resml
