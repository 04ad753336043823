#pragma once

#include "resml/base/fit_context.hpp"
#include "resml/learn/classifier.hpp"
#include "resml/learn/options.hpp"

namespace resml {

struct DummyClassifierOptions {
  void each_field(FieldVisitor&) {}
};

// A draw by the frequency of the classes, for comparison. The draw is a function of the context's
// seed and the row: the same incident gets the same answer whenever and wherever it is asked.
// Weights are ignored.
class DummyClassifier final : public Classifier {
 public:
  using Options = DummyClassifierOptions;
  static constexpr std::string_view kKind = "dummy_classifier";
  static constexpr std::string_view kName = "Dummy Classifier";
  static constexpr std::string_view kMeaning =
      "a draw by frequency that looks at nothing: what every other algorithm has to beat";
  static constexpr bool kLooksAtFields = false;

  static ClassifierPtr fit(const Options& options, const TrainingSet& set,
                           const FitContext& context);
  static ClassifierPtr load(const TensorBundle& bundle);

  std::string_view kind() const override { return kKind; }
  RowMatrix predict_proba(const CompactRows& rows) const override;
  std::vector<std::uint32_t> decide(const CompactRows& rows, const RowMatrix& proba) const override;
  TensorBundle save() const override;

 private:
  DummyClassifier(const ModelShape& shape, std::vector<double> frequency, std::uint64_t seed)
      : Classifier(shape), frequency_(std::move(frequency)), seed_(seed) {}

  std::vector<double> frequency_;  // per class, sums to 1
  std::uint64_t seed_;
};

}  // namespace resml
