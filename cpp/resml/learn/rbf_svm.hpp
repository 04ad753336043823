#pragma once

#include "resml/base/fit_context.hpp"
#include "resml/learn/class_pairs.hpp"
#include "resml/learn/classifier.hpp"
#include "resml/learn/kernel.hpp"
#include "resml/learn/options.hpp"

namespace resml {

struct RbfSvmOptions {
  double c = 1;
  double gamma = 0;
  std::uint64_t max_iter = 10'000'000;

  void each_field(FieldVisitor& visit) {
    visit("c", c, above(0),
          "how much an incident on the wrong side costs; larger: the border bends more");
    visit("gamma", gamma, at_least(0),
          "how quickly likeness fades with distance: exp(-gamma * distance^2); 0: 1 / number of "
          "columns");
    visit("max_iter", max_iter, at_least(1), "steps of the solver for each pair of values");
  }
};

// A support vector machine with the Gaussian kernel per pair of classes: LIBSVM's C-SVC, with c
// times the weight of a distinct row as its bound.
class RbfSvm final : public Classifier {
 public:
  using Options = RbfSvmOptions;
  static constexpr std::string_view kKind = "rbf_svm";
  static constexpr std::string_view kName = "SVM with Gaussian kernel";
  static constexpr std::string_view kMeaning =
      "a bent border between every two classes: finds combinations, slow on many distinct rows";

  static ClassifierPtr fit(const Options& options, const TrainingSet& set,
                           const FitContext& context);
  static ClassifierPtr load(const TensorBundle& bundle);

  std::string_view kind() const override { return kKind; }
  RowMatrix predict_proba(const CompactRows& rows) const override;
  std::vector<std::uint32_t> decide(const CompactRows& rows, const RowMatrix& proba) const override;
  Answers answer(const CompactRows& rows) const override;
  TensorBundle save() const override;

  // The gamma used.
  double gamma() const { return learned_.gamma; }
  // One row per row, one column per pair of classes with weight, in the order of ClassPairs.
  RowMatrix decision_values(const CompactRows& rows) const;

 private:
  // What is learnt and stored.
  struct Learned {
    double gamma = 1;
    std::vector<double> intercepts = {};        // per pair
    CompactRows vectors = {};                   // the support vectors of all pairs
    std::vector<std::size_t> starts = {0};      // per pair: its first multiplier
    std::vector<std::uint32_t> vector_of = {};  // per multiplier
    std::vector<double> multipliers = {};
  };

  RbfSvm(const ModelShape& shape, ClassPairs pairs, Learned learned)
      : Classifier(shape),
        pairs_(std::move(pairs)),
        learned_(std::move(learned)),
        kernel_(learned_.vectors, learned_.gamma) {}

  void fill_values(const CompactRows& rows, std::size_t row, std::vector<float>& kernel,
                   double* values) const;

  ClassPairs pairs_;
  Learned learned_;
  Kernel kernel_;  // to the support vectors
};

}  // namespace resml
