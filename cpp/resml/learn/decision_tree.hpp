#pragma once

#include "resml/base/fit_context.hpp"
#include "resml/learn/classifier.hpp"
#include "resml/learn/ensemble_sizes.hpp"
#include "resml/learn/tree.hpp"
#include "resml/learn/tree_grower.hpp"

namespace resml {

// One tree, grown as tree_grower.hpp says. The probabilities of a row are the weighted shares of
// the classes among the training rows of its leaf.
class DecisionTree final : public Classifier {
 public:
  using Options = TreeLimits;
  static constexpr std::string_view kKind = "decision_tree";
  static constexpr std::string_view kName = "Decision Tree";
  static constexpr std::string_view kMeaning =
      "one tree of yes/no questions: quick, finds combinations, easy to explain";
  static constexpr EnsembleSizes kEnsembleSizes = {.n_members = 10, .n_rounds = 50};

  static ClassifierPtr fit(const Options& options, const TrainingSet& set,
                           const FitContext& context);
  static ClassifierPtr load(const TensorBundle& bundle);

  std::string_view kind() const override { return kKind; }
  RowMatrix predict_proba(const CompactRows& rows) const override;
  TensorBundle save() const override;

  const Tree& tree() const { return tree_; }

 private:
  DecisionTree(const ModelShape& shape, Tree tree) : Classifier(shape), tree_(std::move(tree)) {}

  Tree tree_;
};

}  // namespace resml
