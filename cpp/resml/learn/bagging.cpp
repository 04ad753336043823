#include "resml/learn/bagging.hpp"

#include "resml/base/parallel.hpp"
#include "resml/learn/registry.hpp"
#include "resml/rows/bootstrap.hpp"

namespace resml {

ClassifierPtr Bagging::fit(const Options& options, const ClassifierSpec& base,
                           const TrainingSet& set, const FitContext& context) {
  const TrainingSet merged = merge_equal_pairs(set);
  Members members(options.n_members);
  MemberWarnings warnings(members.size());
  parallel_for(context, kKind, members.size(), [&](std::size_t i) {
    const FitContext child = warnings.listening(context.child(i), i);
    Rng rng = child.rng;
    members[i] =
        fit_classifier(base, with_drawn_counts(merged, draw_bootstrap(merged.counts, rng)), child);
  });
  warnings.pass_on(kKind, context);
  return ClassifierPtr(new Bagging(ModelShape::of(set), std::move(members)));
}

RowMatrix Bagging::predict_proba(const CompactRows& rows) const {
  require_same_columns(rows);
  RowMatrix proba = make_answers(rows);
  proba.setZero();
  for (const ClassifierPtr& member : members_) proba += member->predict_proba(rows);
  return proba / static_cast<double>(members_.size());
}

TensorBundle Bagging::save() const {
  TensorBundle bundle;
  shape().add_to(bundle);
  add_members(members_, bundle);
  return bundle;
}

ClassifierPtr Bagging::load(const TensorBundle& bundle) {
  const ModelShape shape = ModelShape::load(bundle);
  return ClassifierPtr(new Bagging(shape, load_members(bundle, shape)));
}

}  // namespace resml
