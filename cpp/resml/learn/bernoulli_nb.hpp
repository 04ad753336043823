#pragma once

#include "resml/base/fit_context.hpp"
#include "resml/learn/classifier.hpp"
#include "resml/learn/options.hpp"

namespace resml {

struct BernoulliNBOptions {
  double alpha = 1;

  void each_field(FieldVisitor& visit) {
    visit("alpha", alpha, between(1e-10, 1e10),
          "incidents imagined for each value, on and off, so that nothing is impossible");
  }
};

// Naive Bayes on columns that are on or off (Manning, Raghavan, Schuetze, "Introduction to
// Information Retrieval", 13.3); a number is on where it is above 0.
class BernoulliNB final : public Classifier {
 public:
  using Options = BernoulliNBOptions;
  static constexpr std::string_view kKind = "bernoulli_nb";
  static constexpr std::string_view kName = "BernoulliNB";
  static constexpr std::string_view kMeaning =
      "naive Bayes on what is on or off: instant, robust on categories and multi-selects";

  static ClassifierPtr fit(const Options& options, const TrainingSet& set,
                           const FitContext& context);
  static ClassifierPtr load(const TensorBundle& bundle);

  std::string_view kind() const override { return kKind; }
  RowMatrix predict_proba(const CompactRows& rows) const override;
  TensorBundle save() const override;

  // log P(class) + log P(row | class); -infinity for a class without weight.
  RowMatrix joint_log_likelihood(const CompactRows& rows) const;

 private:
  // What is learnt and stored; the rest follows from it.
  struct Learned {
    std::vector<double> class_weight = {};  // per class
    std::vector<double> on_weight = {};     // columns x classes: of the rows where the column is on
    double alpha = 1;
  };

  BernoulliNB(const ModelShape& shape, Learned learned);

  Learned learned_;
  std::vector<double> all_off_;  // per class: log prior + log P(every column is off)
  std::vector<double> delta_;    // columns x classes: what a column that is on adds to it
};

}  // namespace resml
