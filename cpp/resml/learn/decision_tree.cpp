#include "resml/learn/decision_tree.hpp"

namespace resml {

ClassifierPtr DecisionTree::fit(const Options& options, const TrainingSet& set,
                                const FitContext& context) {
  return ClassifierPtr(new DecisionTree(ModelShape::of(set), grow_tree(options, set, context)));
}

RowMatrix DecisionTree::predict_proba(const CompactRows& rows) const {
  require_same_columns(rows);
  RowMatrix proba = make_answers(rows);
  proba.setZero();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double* row = proba.row(static_cast<Eigen::Index>(i)).data();
    tree_.add_shares(tree_.leaf_of(rows, i), {row, n_classes()});
  }
  return proba;
}

TensorBundle DecisionTree::save() const {
  TensorBundle bundle;
  shape().add_to(bundle);
  tree_.add_to(bundle);
  return bundle;
}

ClassifierPtr DecisionTree::load(const TensorBundle& bundle) {
  const ModelShape shape = ModelShape::load(bundle);
  return ClassifierPtr(new DecisionTree(shape, Tree::load(bundle, shape)));
}

}  // namespace resml
