#include "resml/pipeline/prepared_samples.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "resml/base/error.hpp"
#include "resml/rows/split.hpp"

namespace resml {
namespace {

// The rows with counts[i] > 0, with these counts.
EncodedSamples with_counts(const EncodedSamples& samples,
                           const std::vector<std::uint64_t>& counts) {
  std::vector<std::uint32_t> chosen;
  EncodedSamples part{.encoder = samples.encoder, .n_classes = samples.n_classes};
  for (std::uint32_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    chosen.push_back(i);
    part.labels.push_back(samples.labels[i]);
    part.counts.push_back(counts[i]);
  }
  part.rows = select_rows(samples.rows, chosen);
  return part;
}

// All incidents, in the form of an encoder that was fitted on `fitted_on` of each row.
EncodedSamples encode(const Samples& samples, const std::vector<Feature>& features,
                      const std::vector<std::uint64_t>& fitted_on, const FitContext& context) {
  auto encoder = std::make_shared<const FeatureEncoder>(
      FeatureEncoder::fit(samples.table, fitted_on, features, context));
  CompactRows rows = encoder->transform(samples.table, context);
  return {.encoder = std::move(encoder),
          .rows = std::move(rows),
          .labels = samples.labels,
          .counts = samples.counts,
          .n_classes = static_cast<std::uint32_t>(samples.classes.size())};
}

// How many of each row are held out.
std::vector<std::uint64_t> held_out(const Samples& samples, const MachineLearningSettings& settings,
                                    const FitContext& context) {
  if (settings.split_by == SplitBy::Chance) {
    Rng rng = context.rng.stream(kHoldout);
    return draw_holdout(samples.labels, samples.counts,
                        static_cast<std::uint32_t>(samples.classes.size()), settings.split, rng);
  }
  std::vector<std::uint64_t> held(samples.counts.size(), 0);
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (samples.is_newest[i]) held[i] = samples.counts[i];
  }
  return held;
}

std::map<std::string, FieldKind> defined_kinds(const std::vector<FieldDefinition>& fields) {
  std::map<std::string, FieldKind> kinds;
  for (const FieldDefinition& field : fields) {
    if (field.kind) kinds.emplace(field.name, *field.kind);
  }
  return kinds;
}

// The weight of one incident of each class.
std::vector<double> weights_of_classes(const EncodedSamples& samples,
                                       const std::vector<std::string>& classes,
                                       const ClassWeight& class_weight) {
  std::vector<double> weights(classes.size(), 1);
  const auto sizes = class_sizes(samples.labels, samples.counts, samples.n_classes);
  const auto n = static_cast<double>(samples.n_incidents());
  const auto n_classes = static_cast<double>(
      std::count_if(sizes.begin(), sizes.end(), [](std::uint64_t size) { return size > 0; }));
  for (std::size_t c = 0; c < weights.size(); ++c) {
    if (class_weight.balanced && sizes[c] > 0)
      weights[c] = n / (n_classes * static_cast<double>(sizes[c]));
    const auto set = class_weight.per_class.find(classes[c]);
    if (set != class_weight.per_class.end()) weights[c] = set->second;
  }
  return weights;
}

}  // namespace

std::uint64_t EncodedSamples::n_incidents() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::uint32_t EncodedSamples::commonest_class() const {
  const std::vector<std::uint64_t> sizes = class_sizes(labels, counts, n_classes);
  return static_cast<std::uint32_t>(std::max_element(sizes.begin(), sizes.end()) - sizes.begin());
}

PreparedSamples prepare_samples(const Source& source, const MachineLearningSettings& settings,
                                const FitContext& context) {
  const Samples samples = make_samples(source, settings);
  throw_if_stopped(context);
  const bool original = settings.encoding == Encoding::Original;
  const std::vector<Feature> features =
      original ? choose_original_features(samples.table, settings.features)
               : choose_features(source.table, settings.features, settings.types,
                                 defined_kinds(source.fields));
  const std::vector<std::uint64_t> held = held_out(samples, settings, context);
  if (std::all_of(held.begin(), held.end(), [](std::uint64_t n) { return n == 0; })) {
    throw InputError(source.name, ": ", settings.prediction,
                     ": every value occurs once; nothing can be held out to score a model");
  }
  std::vector<std::uint64_t> left(samples.counts);
  for (std::size_t i = 0; i < left.size(); ++i) left[i] -= held[i];
  if (std::all_of(left.begin(), left.end(), [](std::uint64_t n) { return n == 0; })) {
    throw InputError(source.name, ": split = ", settings.split, " leaves none of ",
                     samples.rows.used, " incidents to learn from");
  }
  // The original fitted its encoders before the split (OB-PREP-07).
  const EncodedSamples split = encode(samples, features, original ? samples.counts : left, context);
  PreparedSamples prepared{.classes = samples.classes,
                           .row_counts = samples.rows,
                           .training = with_counts(split, left),
                           .holdout = with_counts(split, held),
                           .all = {}};
  if (settings.refit) prepared.all = encode(samples, features, samples.counts, context);
  return prepared;
}

EncodedSamples drawn_samples(const EncodedSamples& samples, const MachineLearningSettings& settings,
                             const FitContext& context) {
  if (!settings.imbalance_upsampling) return samples;
  Rng rng = context.rng.stream(kUpsampling);
  // Groups that were not drawn are no rows to learn from.
  return with_counts(samples, upsample(samples.labels, samples.counts, samples.n_classes, rng));
}

TrainingSet weighted_samples(EncodedSamples samples, const std::vector<std::string>& classes,
                             const ClassWeight& class_weight) {
  const std::vector<double> weights = weights_of_classes(samples, classes, class_weight);
  TrainingSet set{.rows = std::move(samples.rows),
                  .labels = std::move(samples.labels),
                  .counts = {samples.counts.begin(), samples.counts.end()},
                  .weights = {},
                  .n_classes = samples.n_classes};
  set.weights.reserve(set.counts.size());
  for (std::size_t i = 0; i < set.counts.size(); ++i) {
    set.weights.push_back(set.counts[i] * weights[set.labels[i]]);
  }
  return set;
}

}  // namespace resml
