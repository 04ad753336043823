#pragma once

#include "resml/base/fit_context.hpp"
#include "resml/learn/classifier.hpp"
#include "resml/learn/ensemble_members.hpp"
#include "resml/learn/ensemble_sizes.hpp"
#include "resml/learn/options.hpp"
#include "resml/learn/spec.hpp"

namespace resml {

struct BaggingOptions {
  explicit BaggingOptions(const EnsembleSizes& sizes) : n_members(sizes.n_members) {}

  std::uint64_t n_members;

  void each_field(FieldVisitor& visit) {
    visit("n_members", n_members, between(1, 10000), "models, each with a draw of its own");
  }
};

// Breiman, "Bagging predictors", Machine Learning 24, 1996: every member learns from as many
// incidents as there are, drawn from them with replacement; the probabilities are the means of the
// members' (as in scikit-learn), the decision is the largest of them.
class Bagging final : public Classifier {
 public:
  using Options = BaggingOptions;
  static constexpr std::string_view kKind = "bagging";
  static constexpr std::string_view kName = "Bagging";
  static constexpr std::string_view kMeaning =
      "the mean of models that learnt from random draws of the incidents: steadier than one";

  static ClassifierPtr fit(const Options& options, const ClassifierSpec& base,
                           const TrainingSet& set, const FitContext& context);
  static ClassifierPtr load(const TensorBundle& bundle);

  std::string_view kind() const override { return kKind; }
  RowMatrix predict_proba(const CompactRows& rows) const override;
  TensorBundle save() const override;

  const Members& members() const { return members_; }

 private:
  Bagging(const ModelShape& shape, Members members)
      : Classifier(shape), members_(std::move(members)) {}

  Members members_;
};

}  // namespace resml
