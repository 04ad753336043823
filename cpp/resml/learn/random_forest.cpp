#include "resml/learn/random_forest.hpp"

#include <algorithm>

#include "resml/base/free_memory.hpp"
#include "resml/base/parallel.hpp"
#include "resml/learn/forest_grower.hpp"

namespace resml {
namespace {

constexpr std::size_t kManyRows = 20'000;
constexpr std::size_t kTreesAtOnce = 4;  // grown in the same memory, one after the other

}  // namespace

ClassifierPtr RandomForest::fit(const Options& options, const TrainingSet& set,
                                const FitContext& context) {
  const ForestLimits limits{.tree = options.tree,
                            .max_features = options.max_features,
                            .bootstrap = options.bootstrap != 0};
  const ForestSet forest_set(set, context);
  if (set.size() >= kManyRows) give_back_free_memory();  // of reading and encoding; trees come now
  std::vector<GrownTree> trees(options.n_trees);
  const std::size_t n_parts = (trees.size() + kTreesAtOnce - 1) / kTreesAtOnce;
  parallel_for(context, kKind, n_parts, [&](std::size_t part) {
    ForestGrower grower(forest_set, limits, context);
    const std::size_t end = std::min(trees.size(), (part + 1) * kTreesAtOnce);
    for (std::size_t i = part * kTreesAtOnce; i < end; ++i) {
      trees[i] = grower.grow(context.rng.stream(i));
    }
  });
  return ClassifierPtr(
      new RandomForest(ModelShape::of(set), ForestTrees(forest_set.questions, std::move(trees))));
}

RowMatrix RandomForest::predict_proba(const CompactRows& rows) const {
  require_same_columns(rows);
  RowMatrix proba = make_answers(rows);
  proba.setZero();
  trees_.add_shares(rows, proba);
  proba /= static_cast<double>(trees_.n_trees());
  return proba;
}

TensorBundle RandomForest::save() const {
  TensorBundle bundle;
  shape().add_to(bundle);
  trees_.add_to(bundle);
  return bundle;
}

ClassifierPtr RandomForest::load(const TensorBundle& bundle) {
  const ModelShape shape = ModelShape::load(bundle);
  return ClassifierPtr(new RandomForest(shape, ForestTrees::load(bundle, shape)));
}

}  // namespace resml
