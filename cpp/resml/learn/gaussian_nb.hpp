#pragma once

#include "resml/base/fit_context.hpp"
#include "resml/learn/classifier.hpp"
#include "resml/learn/options.hpp"

namespace resml {

struct GaussianNBOptions {
  double var_smoothing = 1e-9;

  void each_field(FieldVisitor& visit) {
    visit("var_smoothing", var_smoothing, at_least(0),
          "added to every variance, as a share of the largest one");
  }
};

// Naive Bayes with a normal distribution per class and column, indicators taken as the numbers 0
// and 1 (Chan, Golub, LeVeque 1979 for the variances; as scikit-learn's GaussianNB).
class GaussianNB final : public Classifier {
 public:
  using Options = GaussianNBOptions;
  static constexpr std::string_view kKind = "gaussian_nb";
  static constexpr std::string_view kName = "GaussianNB";
  static constexpr std::string_view kMeaning =
      "naive Bayes with a normal distribution per column: instant, a fair first look at numbers";

  static ClassifierPtr fit(const Options& options, const TrainingSet& set,
                           const FitContext& context);
  static ClassifierPtr load(const TensorBundle& bundle);

  std::string_view kind() const override { return kKind; }
  std::size_t n_classes() const override { return log_prior_.size(); }
  std::size_t n_columns() const override { return n_columns_; }
  RowMatrix predict_proba(const CompactRows& rows) const override;
  TensorBundle save() const override;

  // log P(class) + log p(row | class), one row per row, one column per class; -infinity for a class
  // without training rows.
  RowMatrix joint_log_likelihood(const CompactRows& rows) const;

 private:
  GaussianNB(std::vector<double> log_prior, std::vector<double> mean, std::vector<double> variance);

  std::vector<double> log_prior_;  // per class
  std::vector<double> mean_;       // classes x columns, indicators first
  std::vector<double> variance_;   // likewise, > 0
  std::size_t n_columns_ = 0;
};

}  // namespace resml
