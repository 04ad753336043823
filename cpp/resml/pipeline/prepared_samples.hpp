#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/encode/feature_encoder.hpp"
#include "resml/pipeline/samples.hpp"
#include "resml/pipeline/source.hpp"
#include "resml/rows/compact_rows.hpp"
#include "resml/settings/machine_learning_settings.hpp"

namespace resml {

// Distinct incidents in the form that learners take, and the encoder that brought them into it.
struct EncodedSamples {
  std::shared_ptr<const FeatureEncoder> encoder = {};
  CompactRows rows = {};
  std::vector<std::uint32_t> labels = {};  // one per row, index into the classes
  std::vector<std::uint64_t> counts = {};  // one per row, >= 1
  std::uint32_t n_classes = 0;

  std::uint64_t n_incidents() const;
  std::uint32_t commonest_class() const;
};

// What is drawn for a build, each with its own stream of the context's random numbers.
enum Draw : std::size_t { kHoldout, kUpsampling, kHalves, kLearner };

// Everything of a build in which the algorithm plays no part: one split serves them all.
struct PreparedSamples {
  std::vector<std::string> classes;
  RowCounts row_counts;
  EncodedSamples training;  // its encoder was fitted on these incidents alone
  EncodedSamples holdout;   // in the form of the same encoder
  EncodedSamples all;       // for the refit; empty without one
};

// Drops, groups, splits and encodes. InputError where nothing can be learnt or nothing held out.
PreparedSamples prepare_samples(const Source& source, const MachineLearningSettings& settings,
                                const FitContext& context);

// What a classifier learns from: with imbalance_upsampling every class drawn up to the largest.
EncodedSamples drawn_samples(const EncodedSamples& samples, const MachineLearningSettings& settings,
                             const FitContext& context);

// The same in the form that classifiers take: every incident weighs what `class_weight` gives its
// class.
TrainingSet weighted_samples(EncodedSamples samples, const std::vector<std::string>& classes,
                             const ClassWeight& class_weight);

}  // namespace resml
