#include "resml/pipeline/model.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "resml/base/error.hpp"
#include "resml/learn/dummy_classifier.hpp"
#include "resml/learn/registry.hpp"

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

HoldoutAnswers answer(const Pipeline& pipeline, const EncodedSamples& holdout,
                      const FitContext& context) {
  return {pipeline.predict_raw(holdout.rows, context),
          {holdout.counts.begin(), holdout.counts.end()}};
}

void tell_answers(const HoldoutAnswers& answers, const PreparedSamples& prepared,
                  const BuildEvents& events) {
  if (!events.on_answer) return;
  const EncodedSamples& holdout = prepared.holdout;
  for (std::size_t i = 0; i < holdout.labels.size(); ++i) {
    events.on_answer(prepared.classes[holdout.labels[i]],
                     prepared.classes[answers.raw.decisions[i]], holdout.counts[i]);
  }
}

// Each half of the hold-out calibrated by what the other half showed: honest numbers for
// evaluation. The calibrator that is kept is fitted on the whole.
RowMatrix cross_calibrated(const HoldoutAnswers& answers,
                           const std::vector<std::uint32_t>& labels) {
  RowMatrix probabilities = answers.raw.proba;
  for (const std::size_t half : {std::size_t{0}, std::size_t{1}}) {
    std::vector<double> other = answers.counts;
    for (std::size_t i = 0; i < other.size(); ++i) {
      if (i % 2 == half) other[i] = 0;
    }
    const RowMatrix calibrated =
        Calibrator::fit(answers.raw.proba, labels, other).apply(answers.raw.proba);
    for (auto i = static_cast<Eigen::Index>(half); i < probabilities.rows(); i += 2) {
      probabilities.row(i) = calibrated.row(i);
    }
  }
  return probabilities;
}

}  // namespace

void check_recipe(MachineLearningSettings settings) {
  drop_what_has_no_meaning(settings);
  make_spec(settings);
}

Model build_model(const Source& source, MachineLearningSettings settings,
                  const std::string& created, const FitContext& context,
                  const BuildEvents& events) {
  check_recipe(settings);
  settings.algorithm = chosen_algorithm(settings).name;
  const PreparedSamples prepared = prepare_samples(source, settings, context);
  Model model = fit_model(prepared, std::move(settings), context, events);
  model.provenance.created = created;
  model.provenance.source = source.name;
  model.provenance.sha256 = source.sha256;
  return model;
}

Model fit_model(const PreparedSamples& prepared, MachineLearningSettings settings,
                const FitContext& context, const BuildEvents& events) {
  std::vector<std::string> warnings = drop_what_has_no_meaning(settings);
  const ClassifierSpec spec = make_spec(settings);
  const auto fit = [&](EncodedSamples drawn) {
    return Pipeline::fit(std::move(drawn), prepared.classes, spec, settings, context);
  };
  EncodedSamples drawn = drawn_samples(prepared.training, settings, context);
  const std::uint64_t trained_rows = drawn.n_incidents();
  if (events.on_training) events.on_training(settings, trained_rows);
  const Pipeline scored = fit(std::move(drawn));
  const EncodedSamples& holdout = prepared.holdout;
  const HoldoutAnswers answers = answer(scored, holdout, context);
  tell_answers(answers, prepared, events);
  const RowMatrix probabilities = cross_calibrated(answers, holdout.labels);
  Evaluation evaluation =
      evaluate({holdout.labels, answers.raw.decisions, answers.counts, probabilities},
               prepared.classes, prepared.training.commonest_class());
  const Calibrator calibrator = Calibrator::fit(answers.raw.proba, holdout.labels, answers.counts);
  const Pipeline final_pipeline =
      settings.refit ? fit(drawn_samples(prepared.all, settings, context)) : scored;
  Provenance provenance{.created = {},
                        .source = {},
                        .sha256 = {},
                        .version = RESML_VERSION,
                        .rows = prepared.row_counts,
                        .trained_rows = trained_rows,
                        .holdout_rows = holdout.n_incidents(),
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
