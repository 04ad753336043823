#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/base/matrix.hpp"
#include "resml/data/table.hpp"
#include "resml/encode/feature_encoder.hpp"
#include "resml/learn/classifier.hpp"
#include "resml/pipeline/calibrator.hpp"

namespace resml {

// What a pipeline says about some incidents, one entry per row.
struct Predictions {
  std::vector<std::uint32_t> decisions;  // index into classes()
  RowMatrix probabilities;               // calibrated, one column per class, rows sum to 1
  std::vector<std::string> notes;        // what was missing or new in the row; empty if nothing

  // That the decision is right.
  double probability(std::size_t row) const {
    return probabilities(static_cast<Eigen::Index>(row), decisions[row]);
  }
};

// Encoder, classifier and calibrator as one fitted value: the only path from an incident's cells to
// an answer. Immutable; one pipeline serves many threads.
class Pipeline {
 public:
  // The parts belong together: what the encoder makes is what the classifier was fitted on.
  Pipeline(std::vector<std::string> classes, std::shared_ptr<const FeatureEncoder> encoder,
           ClassifierPtr classifier, Calibrator calibrator = {})
      : classes_(std::move(classes)),
        encoder_(std::move(encoder)),
        classifier_(std::move(classifier)),
        calibrator_(std::move(calibrator)) {}

  // The same pipeline with another calibrator.
  Pipeline with(Calibrator calibrator) const;

  Predictions predict(const Table& table) const;

  // What the classifier itself says, before calibration; on the threads of the context.
  using Raw = Classifier::Answers;
  Raw predict_raw(const CompactRows& rows, const FitContext& context) const;

  const std::vector<std::string>& classes() const { return classes_; }
  const FeatureEncoder& encoder() const { return *encoder_; }
  const Classifier& classifier() const { return *classifier_; }
  const Calibrator& calibrator() const { return calibrator_; }

 private:
  std::vector<std::string> classes_;
  std::shared_ptr<const FeatureEncoder> encoder_;
  std::shared_ptr<const Classifier> classifier_;
  Calibrator calibrator_;
};

}  // namespace resml
