#include "resml/learn/bernoulli_nb.hpp"

#include <cmath>

#include "resml/base/error.hpp"

namespace resml {
namespace {

// Calls visit(column) for every column of row i that is on.
template <class Visit>
void each_column_on(const CompactRows& rows, std::size_t i, Visit visit) {
  for (const std::uint32_t j : rows.active_of(i)) visit(std::size_t{j});
  const auto numbers = rows.numbers_of(i);
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    if (numbers[k] > 0) visit(rows.n_indicators + k);
  }
}

}  // namespace

BernoulliNB::BernoulliNB(const ModelShape& shape, Learned learned)
    : Classifier(shape),
      learned_(std::move(learned)),
      all_off_(log_shares(learned_.class_weight)),
      delta_(shape.table_size()) {
  const double alpha = learned_.alpha;
  for (std::size_t j = 0; j < n_columns(); ++j) {
    for (std::size_t c = 0; c < n_classes(); ++c) {
      const double on = learned_.on_weight[j * n_classes() + c];
      const double off = learned_.class_weight[c] - on;
      const double log_off = std::log(off + alpha);
      all_off_[c] += log_off - std::log(learned_.class_weight[c] + 2 * alpha);
      delta_[j * n_classes() + c] = std::log(on + alpha) - log_off;
    }
  }
}

ClassifierPtr BernoulliNB::fit(const Options& options, const TrainingSet& set, const FitContext&) {
  const ModelShape shape = ModelShape::of(set);
  Learned learned{.class_weight = class_totals(set),
                  .on_weight = std::vector<double>(shape.table_size(), 0),
                  .alpha = options.alpha};
  for (std::size_t i = 0; i < set.size(); ++i) {
    double* of_class = learned.on_weight.data() + set.labels[i];
    each_column_on(set.rows, i,
                   [&](std::size_t j) { of_class[j * shape.n_classes] += set.weights[i]; });
  }
  return ClassifierPtr(new BernoulliNB(shape, std::move(learned)));
}

RowMatrix BernoulliNB::joint_log_likelihood(const CompactRows& rows) const {
  require_same_columns(rows);
  RowMatrix joint = make_answers(rows);
  joint.rowwise() = Eigen::Map<const Eigen::RowVectorXd>(all_off_.data(), joint.cols());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double* sums = joint.row(static_cast<Eigen::Index>(i)).data();
    each_column_on(rows, i, [&](std::size_t j) {
      const double* delta = delta_.data() + j * n_classes();
      for (std::size_t c = 0; c < n_classes(); ++c) sums[c] += delta[c];
    });
  }
  return joint;
}

RowMatrix BernoulliNB::predict_proba(const CompactRows& rows) const {
  RowMatrix proba = joint_log_likelihood(rows);
  normalize_log_proba(proba);
  return proba;
}

TensorBundle BernoulliNB::save() const {
  TensorBundle bundle;
  shape().add_to(bundle);
  bundle.add("class_weight", learned_.class_weight);
  bundle.add("on_weight", learned_.on_weight, {n_columns(), n_classes()});
  bundle.add("alpha", std::vector<double>{learned_.alpha});
  return bundle;
}

ClassifierPtr BernoulliNB::load(const TensorBundle& bundle) {
  const ModelShape shape = ModelShape::load(bundle);
  Learned learned{
      .class_weight = load_class_weight(bundle, shape.n_classes),
      .on_weight = values_between(bundle, "on_weight", shape.table_size(), 0, kLargestWeight),
      .alpha = values_between(bundle, "alpha", 1, 1e-10, 1e10)[0]};
  for (std::size_t e = 0; e < learned.on_weight.size(); ++e) {
    const std::size_t c = e % shape.n_classes;
    if (learned.on_weight[e] > learned.class_weight[c]) {
      throw ModelFileError("array \"on_weight\": expected at most ", learned.class_weight[c],
                           " in class ", c, ", got ", learned.on_weight[e]);
    }
  }
  return ClassifierPtr(new BernoulliNB(shape, std::move(learned)));
}

}  // namespace resml
