#include "resml/learn/bernoulli_nb.hpp"

#include <cmath>
#include <limits>

#include "resml/base/error.hpp"

namespace resml {

BernoulliNB::BernoulliNB(std::vector<double> log_prior, std::vector<double> on)
    : log_prior_(std::move(log_prior)),
      on_(std::move(on)),
      all_off_(log_prior_),
      delta_(on_.size()),
      n_columns_(on_.size() / log_prior_.size()) {
  for (std::size_t c = 0; c < n_classes(); ++c) {
    for (std::size_t j = 0; j < n_columns_; ++j) {
      const double p = on_[c * n_columns_ + j];
      all_off_[c] += std::log1p(-p);
      delta_[c * n_columns_ + j] = std::log(p) - std::log1p(-p);
    }
  }
}

ClassifierPtr BernoulliNB::fit(const Options& options, const TrainingSet& set, const FitContext&) {
  const CompactRows& rows = set.rows;
  const std::size_t n_columns = rows.n_columns();
  const std::vector<double> totals = class_totals(set);
  std::vector<double> on(set.n_classes * n_columns, 0);
  for (std::size_t i = 0; i < set.size(); ++i) {
    double* row = on.data() + set.labels[i] * n_columns;
    for (const std::uint32_t j : rows.active_of(i)) row[j] += set.weights[i];
    const auto numbers = rows.numbers_of(i);
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      if (numbers[k] > 0) row[rows.n_indicators + k] += set.weights[i];
    }
  }
  double total = 0;
  for (const double weight : totals) total += weight;
  std::vector<double> log_prior;
  for (std::size_t c = 0; c < totals.size(); ++c) {
    log_prior.push_back(totals[c] > 0 ? std::log(totals[c] / total)
                                      : -std::numeric_limits<double>::infinity());
    for (std::size_t j = 0; j < n_columns; ++j) {
      double& p = on[c * n_columns + j];
      p = (p + options.alpha) / (totals[c] + 2 * options.alpha);
    }
  }
  return ClassifierPtr(new BernoulliNB(std::move(log_prior), std::move(on)));
}

RowMatrix BernoulliNB::joint_log_likelihood(const CompactRows& rows) const {
  RowMatrix joint(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(n_classes()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto numbers = rows.numbers_of(i);
    for (std::size_t c = 0; c < n_classes(); ++c) {
      const double* delta = delta_.data() + c * n_columns_;
      double sum = all_off_[c];
      for (const std::uint32_t j : rows.active_of(i)) sum += delta[j];
      for (std::size_t k = 0; k < numbers.size(); ++k) {
        if (numbers[k] > 0) sum += delta[rows.n_indicators + k];
      }
      joint(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(c)) = sum;
    }
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
  bundle.add("log_prior", log_prior_);
  bundle.add("on", on_, {n_classes(), n_columns_});
  return bundle;
}

ClassifierPtr BernoulliNB::load(const TensorBundle& bundle) {
  const auto& log_prior = bundle.values<double>("log_prior");
  const auto& on = bundle.values<double>("on");
  if (log_prior.empty() || on.size() % log_prior.size() != 0) {
    throw ModelFileError("array \"on\": expected a row per class");
  }
  for (const double p : on) {
    if (!(p > 0 && p < 1)) throw ModelFileError("array \"on\": expected numbers between 0 and 1");
  }
  return ClassifierPtr(new BernoulliNB(log_prior, on));
}

}  // namespace resml
