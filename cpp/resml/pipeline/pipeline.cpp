#include "resml/pipeline/pipeline.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "resml/base/error.hpp"
#include "resml/learn/predict_in_parts.hpp"
#include "resml/learn/registry.hpp"

namespace resml {
namespace {

// The weight of one incident of each class. The original's Bayes ignored them.
std::vector<double> class_weights(const EncodedSamples& samples,
                                  const std::vector<std::string>& classes,
                                  const MachineLearningSettings& settings, std::string_view kind) {
  std::vector<double> weights(classes.size(), 1);
  const bool is_bayes = kind == "gaussian_nb" || kind == "bernoulli_nb";
  if (settings.compatible_1_1 && is_bayes) return weights;
  std::vector<double> sizes(classes.size(), 0);
  for (std::size_t i = 0; i < samples.counts.size(); ++i) {
    sizes[samples.labels[i]] += static_cast<double>(samples.counts[i]);
  }
  const double n = std::accumulate(sizes.begin(), sizes.end(), 0.0);
  const auto n_classes = static_cast<double>(
      std::count_if(sizes.begin(), sizes.end(), [](double size) { return size > 0; }));
  for (std::size_t c = 0; c < weights.size(); ++c) {
    if (settings.class_weight.balanced && sizes[c] > 0) weights[c] = n / (n_classes * sizes[c]);
    const auto set = settings.class_weight.per_class.find(classes[c]);
    if (set != settings.class_weight.per_class.end()) weights[c] = set->second;
  }
  return weights;
}

TrainingSet training_set(EncodedSamples samples, const std::vector<double>& class_weights) {
  TrainingSet set{.rows = std::move(samples.rows),
                  .labels = std::move(samples.labels),
                  .counts = {samples.counts.begin(), samples.counts.end()},
                  .weights = {},
                  .n_classes = samples.n_classes};
  set.weights.reserve(set.counts.size());
  for (std::size_t i = 0; i < set.counts.size(); ++i) {
    set.weights.push_back(set.counts[i] * class_weights[set.labels[i]]);
  }
  return set;
}

}  // namespace

Pipeline Pipeline::fit(EncodedSamples samples, std::vector<std::string> classes,
                       const ClassifierSpec& spec, const MachineLearningSettings& settings,
                       const FitContext& context) {
  const auto weights = class_weights(samples, classes, settings, spec.kind);
  Pipeline pipeline;
  pipeline.classes_ = std::move(classes);
  pipeline.encoder_ = samples.encoder;
  pipeline.classifier_ = fit_classifier(spec, training_set(std::move(samples), weights), context);
  return pipeline;
}

Pipeline Pipeline::with(Calibrator calibrator) const {
  Pipeline copy = *this;
  copy.calibrator_ = std::move(calibrator);
  return copy;
}

Pipeline::Raw Pipeline::predict_raw(const CompactRows& rows, const FitContext& context) const {
  return answer_in_parts(*classifier_, rows, context);
}

Predictions Pipeline::predict(const Table& table) const {
  Raw raw = predict_raw(encoder_->transform(table));
  return {std::move(raw.decisions), calibrator_.apply(raw.proba), encoder_->notes(table)};
}

TensorBundle Pipeline::save() const {
  TensorBundle bundle;
  bundle.add_string("classes", nlohmann::json(classes_).dump());
  bundle.add_string("kind", std::string(classifier_->kind()));
  bundle.add_child("encoder", encoder_->save());
  bundle.add_child("classifier", classifier_->save());
  bundle.add_child("calibrator", calibrator_.save());
  return bundle;
}

Pipeline Pipeline::load(const TensorBundle& bundle) {
  Pipeline pipeline;
  try {
    pipeline.classes_ = nlohmann::json::parse(bundle.string("classes"));
  } catch (const nlohmann::json::exception& error) {
    throw ModelFileError("classes: ", error.what());
  }
  pipeline.encoder_ =
      std::make_shared<const FeatureEncoder>(FeatureEncoder::load(bundle.child("encoder")));
  // The parts must fit each other before one of them allocates for or indexes into another's
  // arrays.
  const TensorBundle classifier = bundle.child("classifier");
  const ModelShape shape = ModelShape::load(classifier);
  const CompactRows no_rows = pipeline.encoder_->transform({});
  if (shape.n_classes != pipeline.classes_.size() || shape.n_indicators != no_rows.n_indicators ||
      shape.n_numbers != no_rows.n_numbers) {
    throw ModelFileError("classifier, encoder and classes do not belong together");
  }
  pipeline.classifier_ = load_classifier(bundle.string("kind"), classifier);
  pipeline.calibrator_ = Calibrator::load(bundle.child("calibrator"), pipeline.classes_.size());
  return pipeline;
}

}  // namespace resml
