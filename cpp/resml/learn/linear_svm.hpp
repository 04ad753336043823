#pragma once

#include "resml/base/fit_context.hpp"
#include "resml/learn/class_pairs.hpp"
#include "resml/learn/classifier.hpp"
#include "resml/learn/options.hpp"

namespace resml {

struct LinearSvmOptions {
  double c = 1;

  void each_field(FieldVisitor& visit) {
    visit("c", c, above(0),
          "how much an incident on the wrong side costs; smaller: a simpler border");
  }
};

// A linear support vector machine per pair of classes with the objective of LIBSVM's C-SVC: hinge
// loss, an intercept that is not penalised, c times the weight of a row as its bound.
class LinearSvm final : public Classifier {
 public:
  using Options = LinearSvmOptions;
  static constexpr std::string_view kKind = "linear_svm";
  static constexpr std::string_view kName = "SVM";
  static constexpr std::string_view kMeaning =
      "a straight border between every two classes, as far from both as can be";

  static ClassifierPtr fit(const Options& options, const TrainingSet& set,
                           const FitContext& context);
  static ClassifierPtr load(const TensorBundle& bundle);

  std::string_view kind() const override { return kKind; }
  RowMatrix predict_proba(const CompactRows& rows) const override;
  std::vector<std::uint32_t> decide(const CompactRows& rows, const RowMatrix& proba) const override;
  Answers answer(const CompactRows& rows) const override;
  TensorBundle save() const override;

  // One row per row, one column per pair of classes with weight, in the order of ClassPairs.
  RowMatrix decision_values(const CompactRows& rows) const;

 private:
  // The coefficients of all pairs, column by column. Most are 0 where there are many classes: a
  // pair knows the indicators of its own rows only.
  struct Coefficients {
    std::vector<double> intercept;        // per pair
    std::vector<std::uint64_t> starts{};  // per column: its first entry; then their number
    std::vector<std::uint32_t> pair{};    // per entry
    std::vector<double> value{};
  };

  LinearSvm(const ModelShape& shape, ClassPairs pairs, Coefficients coefficients)
      : Classifier(shape), pairs_(std::move(pairs)), coefficients_(std::move(coefficients)) {}

  void add_column(std::size_t column, double scale, double* values) const;

  ClassPairs pairs_;
  Coefficients coefficients_;
};

}  // namespace resml
