#include "resml/pipeline/model.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>

#include "resml/base/error.hpp"
#include "resml/learn/dummy_classifier.hpp"
#include "resml/learn/registry.hpp"
#include "resml/rows/split.hpp"

namespace resml {
namespace {

// Fields that are filled while an incident is worked on or closed: their final values are no
// knowledge at the time of the prediction (OB-PRED-08).
constexpr std::array<std::string_view, 6> kLateFields = {"end_date",      "plan_status",
                                                         "phase_id",      "inc_last_modified_date",
                                                         "resolved_date", "resolved_by"};

constexpr std::string_view kNoMethod = "None";

bool is_late(std::string_view field) {
  return field.starts_with("resolution_") ||
         std::find(kLateFields.begin(), kLateFields.end(), field) != kLateFields.end();
}

const AlgorithmInfo& chosen_algorithm(const MachineLearningSettings& settings) {
  return find_algorithm(settings.algorithm, place_of(settings, "algorithm", "algorithm"));
}

// Which options are of `owner`; the names are added to `known`.
nlohmann::json options_of(const AlgorithmInfo& owner, const MachineLearningSettings& settings,
                          std::vector<std::string>& known) {
  nlohmann::json options = nlohmann::json::object();
  for (const OptionInfo& option : owner.options) {
    known.push_back(option.name);
    const auto given = settings.learner_options.find(option.name);
    if (given != settings.learner_options.end()) options[option.name] = given->second;
  }
  return options;
}

ClassifierSpec make_spec(MachineLearningSettings& settings) {
  const AlgorithmInfo& algorithm = chosen_algorithm(settings);
  settings.algorithm = algorithm.name;
  std::vector<std::string> known;
  ClassifierSpec spec{.kind = algorithm.kind, .options = options_of(algorithm, settings, known)};
  if (settings.method != kNoMethod) {
    const AlgorithmInfo& method =
        find_method(settings.method, place_of(settings, "method", "method"));
    spec.method = method.kind;
    spec.method_options = options_of(method, settings, known);
  }
  for (const auto& [key, value] : settings.learner_options) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      throw_unknown_key(settings, key, known);
    }
  }
  spec = complete(spec);
  for (const nlohmann::json* options : {&spec.options, &spec.method_options}) {
    for (const auto& [key, value] : options->items()) settings.learner_options[key] = value.dump();
  }
  return spec;
}

// The Dummy Classifier looks at nothing that these could change; the summary prints what was done.
std::vector<std::string> drop_what_has_no_meaning(MachineLearningSettings& settings) {
  if (chosen_algorithm(settings).kind != DummyClassifier::kKind) return {};
  std::vector<std::string> warnings;
  if (settings.method != kNoMethod) {
    warnings.push_back(concat("method: ", settings.method,
                              " has no meaning for the Dummy Classifier; built without"));
  }
  settings.method = kNoMethod;
  settings.class_weight = {};
  settings.imbalance_upsampling = false;
  return warnings;
}

std::vector<std::string> find_late_fields(const std::vector<std::string>& features) {
  std::vector<std::string> late;
  std::copy_if(features.begin(), features.end(), std::back_inserter(late), is_late);
  return late;
}

// Decisions and truth of a hold-out with everything that scoring needs.
struct HoldoutAnswers {
  Pipeline::Raw raw;
  std::vector<double> counts;
};

HoldoutAnswers answer(const Pipeline& pipeline, const Samples& holdout, const FitContext& context) {
  HoldoutAnswers answers{pipeline.predict_raw(holdout.table, context), {}};
  for (const std::uint64_t count : holdout.counts) {
    answers.counts.push_back(static_cast<double>(count));
  }
  return answers;
}

void tell_answers(const HoldoutAnswers& answers, const Samples& holdout,
                  const BuildEvents& events) {
  if (!events.on_answer) return;
  for (std::size_t i = 0; i < holdout.labels.size(); ++i) {
    events.on_answer(holdout.classes[holdout.labels[i]], holdout.classes[answers.raw.decisions[i]],
                     holdout.counts[i]);
  }
}

// Each half of the hold-out calibrated by what the other half showed: honest numbers for
// evaluation. The calibrator that is kept is fitted on the whole.
RowMatrix cross_calibrated(const HoldoutAnswers& answers, const Samples& holdout) {
  RowMatrix probabilities = answers.raw.proba;
  for (const std::size_t half : {std::size_t{0}, std::size_t{1}}) {
    std::vector<double> other = answers.counts;
    for (std::size_t i = 0; i < other.size(); ++i) {
      if (i % 2 == half) other[i] = 0;
    }
    const RowMatrix calibrated =
        Calibrator::fit(answers.raw.proba, holdout.labels, other).apply(answers.raw.proba);
    for (auto i = static_cast<Eigen::Index>(half); i < probabilities.rows(); i += 2) {
      probabilities.row(i) = calibrated.row(i);
    }
  }
  return probabilities;
}

std::uint32_t majority_class(const Samples& samples) {
  std::vector<std::uint64_t> sizes(samples.classes.size(), 0);
  for (std::size_t i = 0; i < samples.labels.size(); ++i) {
    sizes[samples.labels[i]] += samples.counts[i];
  }
  return static_cast<std::uint32_t>(std::max_element(sizes.begin(), sizes.end()) - sizes.begin());
}

std::uint64_t n_incidents(const Samples& samples) {
  return std::accumulate(samples.counts.begin(), samples.counts.end(), std::uint64_t{0});
}

// What a classifier learns from. Groups that upsampling did not draw are no rows to learn from.
Samples upsampled(const Samples& samples, const MachineLearningSettings& settings,
                  const FitContext& context) {
  if (!settings.imbalance_upsampling) return samples;
  Rng rng = context.rng.stream(1);
  return with_counts(samples, upsample(samples.labels, samples.counts,
                                       static_cast<std::uint32_t>(samples.classes.size()), rng));
}

struct Parts {
  Samples training;
  Samples holdout;
};

Parts split(const Samples& samples, double fraction, const FitContext& context) {
  Rng rng = context.rng.stream(0);
  const auto held = draw_holdout(samples.labels, samples.counts,
                                 static_cast<std::uint32_t>(samples.classes.size()), fraction, rng);
  std::vector<std::uint64_t> left(samples.counts);
  for (std::size_t i = 0; i < left.size(); ++i) left[i] -= held[i];
  return {with_counts(samples, left), with_counts(samples, held)};
}

}  // namespace

void check_recipe(MachineLearningSettings settings) {
  drop_what_has_no_meaning(settings);
  make_spec(settings);
}

std::vector<std::string> columns_to_read(const MachineLearningSettings& settings) {
  std::vector<std::string> columns = settings.features;
  columns.push_back(settings.prediction);
  return columns;
}

std::vector<std::string> columns_if_present(const MachineLearningSettings& settings) {
  const bool may_have_dates =
      settings.encoding == Encoding::Auto &&
      std::any_of(settings.features.begin(), settings.features.end(),
                  [&](const std::string& field) {
                    return field.ends_with("_date") || settings.types.contains(field);
                  });
  return may_have_dates ? std::vector<std::string>{"create_date"} : std::vector<std::string>{};
}

Model build_model(const Source& source, MachineLearningSettings settings,
                  const std::string& created, const FitContext& context,
                  const BuildEvents& events) {
  std::vector<std::string> warnings = drop_what_has_no_meaning(settings);
  const ClassifierSpec spec = make_spec(settings);
  const Samples samples = make_samples(source, settings);
  const bool original = settings.encoding == Encoding::Original;
  const std::vector<Feature> features =
      original ? choose_original_features(samples.table, settings.features)
               : choose_features(source.table, settings.features, settings.types);
  const auto [training, holdout] = split(samples, settings.split, context);
  if (holdout.counts.empty()) {
    throw InputError(source.name, ": ", settings.prediction,
                     ": every value occurs once; nothing can be held out to score a model");
  }
  const auto encoder_for = [&](const Samples& part) {
    // The original fitted its encoders before the split (OB-PREP-07).
    const Samples& fitted_on = original ? samples : part;
    return FeatureEncoder::fit(fitted_on.table, fitted_on.counts, features);
  };
  // Encoders see each incident once, the classifier what upsampling made of them.
  const auto fit = [&](const Samples& part, const Samples& drawn) {
    return Pipeline::fit(drawn, encoder_for(part), spec, settings, context);
  };
  const Samples drawn = upsampled(training, settings, context);
  const std::uint64_t trained_rows = n_incidents(drawn);
  if (events.on_training) events.on_training(settings, trained_rows);
  const Pipeline scored = fit(training, drawn);
  const HoldoutAnswers answers = answer(scored, holdout, context);
  tell_answers(answers, holdout, events);
  const RowMatrix probabilities = cross_calibrated(answers, holdout);
  Evaluation evaluation =
      evaluate({holdout.labels, answers.raw.decisions, answers.counts, probabilities},
               samples.classes, majority_class(training));
  const Calibrator calibrator = Calibrator::fit(answers.raw.proba, holdout.labels, answers.counts);
  const Pipeline final_pipeline =
      settings.refit ? fit(samples, upsampled(samples, settings, context)) : scored;
  Provenance provenance{.created = created,
                        .source = source.name,
                        .sha256 = source.sha256,
                        .version = RESML_VERSION,
                        .rows = samples.rows,
                        .trained_rows = trained_rows,
                        .holdout_rows = n_incidents(holdout),
                        .late_fields = find_late_fields(settings.features),
                        .warnings = std::move(warnings)};
  return {std::move(settings), final_pipeline.with(calibrator), std::move(evaluation),
          std::move(provenance)};
}

Score compare_accuracy(const Model& champion, const Model& challenger) {
  const Evaluation& a = champion.evaluation;
  const Evaluation& b = challenger.evaluation;
  return difference_interval(a.accuracy.value * a.n_rows, a.n_rows, b.accuracy.value * b.n_rows,
                             b.n_rows);
}

}  // namespace resml
