#pragma once

#include "resml/base/fit_context.hpp"
#include "resml/learn/classifier.hpp"
#include "resml/learn/ensemble_sizes.hpp"
#include "resml/learn/options.hpp"

namespace resml {

struct LogisticRegressionOptions {
  double c = 100;
  std::uint64_t max_iter = 100;

  void each_field(FieldVisitor& visit) {
    visit("c", c, above(0),
          "how much the incidents count against small weights; smaller: a simpler model");
    visit("max_iter", max_iter, at_least(1), "Newton steps at most, for each predicted value");
  }
};

// One binary problem per class against the rest (one in all for two classes), each minimising
//   1/2 |w|^2 + c * sum_i weight_i * log(1 + exp(-y_i w.x_i)),
// the intercept being the weight of a column of ones and penalised like the others: the objective
// of LIBLINEAR's L2-regularised logistic regression (Fan et al., JMLR 9, 2008, section 2). Classes
// without weight take no part and get probability 0.
class LogisticRegression final : public Classifier {
 public:
  using Options = LogisticRegressionOptions;
  static constexpr std::string_view kKind = "logistic_regression";
  static constexpr std::string_view kName = "Logistic Regression";
  static constexpr std::string_view kMeaning =
      "a weight per value, one against the rest: the first choice, fast and hard to fool";
  static constexpr EnsembleSizes kEnsembleSizes = {.n_members = 200, .n_rounds = 200};

  static ClassifierPtr fit(const Options& options, const TrainingSet& set,
                           const FitContext& context);
  static ClassifierPtr load(const TensorBundle& bundle);

  std::string_view kind() const override { return kKind; }
  RowMatrix predict_proba(const CompactRows& rows) const override;
  TensorBundle save() const override;

  // One column per binary problem; rows: indicators, numbers, intercept.
  const RowMatrix& coefficients() const { return coefficients_; }

 private:
  LogisticRegression(const ModelShape& shape, std::vector<std::uint32_t> classes,
                     RowMatrix coefficients)
      : Classifier(shape), classes_(std::move(classes)), coefficients_(std::move(coefficients)) {}

  // Binary problems that tell `n` classes apart.
  static std::size_t problems_for(std::size_t n) { return n <= 2 ? n - 1 : n; }

  std::vector<std::uint32_t> classes_;  // those with weight, ascending; of two the second is +1
  RowMatrix coefficients_;
};

}  // namespace resml
