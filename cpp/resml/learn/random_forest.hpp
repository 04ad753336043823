#pragma once

#include "resml/base/fit_context.hpp"
#include "resml/learn/classifier.hpp"
#include "resml/learn/forest_trees.hpp"
#include "resml/learn/options.hpp"
#include "resml/learn/tree_grower.hpp"

namespace resml {

struct RandomForestOptions {
  std::uint64_t n_trees = 100;
  std::uint64_t max_features = 0;
  TreeLimits tree = {.min_samples_split = 2};
  std::uint64_t bootstrap = 1;

  void each_field(FieldVisitor& visit) {
    visit("n_trees", n_trees, between(1, 100000), "trees to grow");
    visit("max_features", max_features, at_least(0),
          "columns drawn for each question, 0 = square root of all");
    tree.each_field(visit);
    visit("bootstrap", bootstrap, between(0, 1),
          "1 = each tree sees a sample drawn with replacement, 0 = all incidents");
  }
};

// Trees on bootstrap samples and random columns, grown as forest_grower.hpp says. The probabilities
// of a row are the means of its leaves' weighted shares.
class RandomForest final : public Classifier {
 public:
  using Options = RandomForestOptions;
  static constexpr std::string_view kKind = "random_forest";
  static constexpr std::string_view kName = "Random Forest";
  static constexpr std::string_view kMeaning =
      "many trees on random samples, averaged: accurate without tuning, good probabilities";

  static ClassifierPtr fit(const Options& options, const TrainingSet& set,
                           const FitContext& context);
  static ClassifierPtr load(const TensorBundle& bundle);

  std::string_view kind() const override { return kKind; }
  RowMatrix predict_proba(const CompactRows& rows) const override;
  TensorBundle save() const override;

  const ForestTrees& trees() const { return trees_; }

 private:
  RandomForest(const ModelShape& shape, ForestTrees trees)
      : Classifier(shape), trees_(std::move(trees)) {}

  ForestTrees trees_;
};

}  // namespace resml
