#pragma once

#include "resml/base/fit_context.hpp"
#include "resml/learn/classifier.hpp"
#include "resml/learn/ensemble_sizes.hpp"
#include "resml/learn/options.hpp"

namespace resml {

struct GaussianNBOptions {
  double var_smoothing = 1e-9;

  void each_field(FieldVisitor& visit) {
    visit("var_smoothing", var_smoothing, between(0, 1),
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
  static constexpr EnsembleSizes kEnsembleSizes = {.n_members = 100, .n_rounds = 100};

  static ClassifierPtr fit(const Options& options, const TrainingSet& set,
                           const FitContext& context);
  static ClassifierPtr load(const TensorBundle& bundle);

  std::string_view kind() const override { return kKind; }
  RowMatrix predict_proba(const CompactRows& rows) const override;
  TensorBundle save() const override;

  // log P(class) + log p(row | class), one row per row, one column per class; -infinity for a class
  // without weight.
  RowMatrix joint_log_likelihood(const CompactRows& rows) const;

 private:
  // What is learnt and stored; the rest follows from it.
  struct Learned {
    std::vector<double> class_weight = {};     // per class
    std::vector<double> mean = {};             // classes x columns, indicators first
    std::vector<double> number_variance = {};  // classes x numbers, > 0
    double floor = 0;  // > 0, added to every variance; in number_variance already
  };

  GaussianNB(const ModelShape& shape, Learned learned);
  void prepare_indicators();
  void add_indicators(const CompactRows& rows, RowMatrix& joint) const;
  void add_numbers(const CompactRows& rows, RowMatrix& joint) const;

  Learned learned_;

  // An indicator adds one of two terms to the log-likelihood of a class. base_ takes the likelier
  // one for each; a row then pays for every indicator that is on against the odds, and for every
  // one that the class expects and the row lacks. All terms have one sign: nothing cancels.
  struct Expected {
    std::uint32_t indicator = 0;
    std::uint32_t of_class = 0;
    double cost = 0;
  };
  std::vector<double> base_;        // per class, log prior and normalisers included
  std::vector<double> cost_on_;     // indicators x classes, >= 0
  std::vector<Expected> expected_;  // indicators that are on in more than half of a class
};

}  // namespace resml
