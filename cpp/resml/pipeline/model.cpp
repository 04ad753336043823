#include "resml/pipeline/model.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <optional>

#include "resml/base/text.hpp"
#include "resml/learn/bernoulli_nb.hpp"
#include "resml/learn/gaussian_nb.hpp"
#include "resml/learn/registry.hpp"

namespace resml {
namespace {

// Fields that are filled while an incident is worked on or closed: their final values are no
// knowledge at the time of the prediction (OB-PRED-08).
constexpr std::array<std::string_view, 6> kLateFields = {"end_date",      "plan_status",
                                                         "phase_id",      "inc_last_modified_date",
                                                         "resolved_date", "resolved_by"};

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

// What looks at no field has nothing that these could change; the summary prints what was done.
std::vector<std::string> drop_what_has_no_meaning(MachineLearningSettings& settings) {
  const AlgorithmInfo& algorithm = chosen_algorithm(settings);
  if (algorithm.looks_at_fields) return {};
  std::vector<std::string> warnings;
  if (settings.method != kNoMethod) {
    warnings.push_back(concat("method: ", settings.method, " has no meaning for the ",
                              algorithm.name, "; built without"));
  }
  settings.method = kNoMethod;
  settings.class_weight = {};
  settings.imbalance_upsampling = false;
  return warnings;
}

// Bayes of the original ignored the weights.
ClassWeight weight_in_use(const MachineLearningSettings& settings, const ClassifierSpec& spec) {
  const bool is_bayes = spec.kind == GaussianNB::kKind || spec.kind == BernoulliNB::kKind;
  return settings.compatible_1_1 && is_bayes ? ClassWeight() : settings.class_weight;
}

std::vector<std::string> find_late_fields(const std::vector<std::string>& features) {
  std::vector<std::string> late;
  std::copy_if(features.begin(), features.end(), std::back_inserter(late), is_late_field);
  return late;
}

// What the classifier says of a hold-out, and how many incidents each of its rows stands for.
struct RawAnswers {
  Pipeline::Raw raw;
  std::vector<double> counts;
};

RawAnswers answer(const Pipeline& pipeline, const EncodedSamples& holdout,
                  const FitContext& context) {
  return {pipeline.predict_raw(holdout.rows, context),
          {holdout.counts.begin(), holdout.counts.end()}};
}

// Some held-out incidents: what was said of them and what is true. Rows without any are left out.
struct Scores {
  RowMatrix proba;
  std::vector<std::uint32_t> truth;
  std::vector<std::uint32_t> decisions;
  std::vector<double> counts;
};

Scores scores_of(const RawAnswers& answers, const std::vector<std::uint32_t>& truth,
                 const std::vector<double>& counts) {
  Scores scores;
  std::vector<Eigen::Index> rows;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    rows.push_back(static_cast<Eigen::Index>(i));
    scores.truth.push_back(truth[i]);
    scores.decisions.push_back(answers.raw.decisions[i]);
    scores.counts.push_back(counts[i]);
  }
  scores.proba = answers.raw.proba(rows, Eigen::all);
  return scores;
}

// The held-out incidents in two halves. Equal ones are dealt out too: a half that had all incidents
// of one kind with one truth, and none with another, would mislead the calibrator.
std::array<Scores, 2> halves_of(const RawAnswers& answers, const std::vector<std::uint32_t>& truth,
                                const FitContext& context) {
  Rng rng = context.rng.stream(kHalves);
  std::array<std::vector<double>, 2> counts;
  for (const double count : answers.counts) {
    const double rest = std::fmod(count, 2);
    const std::size_t luckier = rest > 0 ? rng.below(2) : 0;
    counts[luckier].push_back((count + rest) / 2);
    counts[1 - luckier].push_back((count - rest) / 2);
  }
  return {scores_of(answers, truth, counts[0]), scores_of(answers, truth, counts[1])};
}

void append(Scores& scores, const Scores& more) {
  RowMatrix proba(scores.proba.rows() + more.proba.rows(), scores.proba.cols());
  proba << scores.proba, more.proba;
  scores.proba = std::move(proba);
  scores.truth.insert(scores.truth.end(), more.truth.begin(), more.truth.end());
  scores.decisions.insert(scores.decisions.end(), more.decisions.begin(), more.decisions.end());
  scores.counts.insert(scores.counts.end(), more.counts.begin(), more.counts.end());
}

// Each half calibrated by what the other half showed: honest numbers for evaluation. `whole`, which
// is kept, is fitted on both.
Scores cross_calibrated(std::array<Scores, 2> halves, const Calibrator& whole) {
  std::array<Calibrator, 2> by;
  for (std::size_t half = 0; half < 2; ++half) {
    const Scores& other = halves[1 - half];
    by[half] = whole.refit(other.proba, other.truth, other.counts);
  }
  for (std::size_t half = 0; half < 2; ++half) {
    halves[half].proba = by[half].apply(halves[half].proba);
  }
  append(halves[0], halves[1]);
  return std::move(halves[0]);
}

// A slip in class_weight must not go unnoticed.
void warn_of_unknown_classes(const ClassWeight& class_weight, const PreparedSamples& prepared,
                             std::vector<std::string>& warnings) {
  for (const auto& [label, weight] : class_weight.per_class) {
    const auto& classes = prepared.classes;
    if (std::binary_search(classes.begin(), classes.end(), label)) continue;
    warnings.push_back(concat("class_weight: no incident has the value ", quoted(label),
                              did_you_mean(label, classes, "values")));
  }
}

}  // namespace

std::string Provenance::label_of(const std::string& value) const {
  const auto found = labels.find(value);
  return found == labels.end() ? "" : found->second;
}

bool is_late_field(std::string_view field) {
  return field.starts_with("resolution_") ||
         std::find(kLateFields.begin(), kLateFields.end(), field) != kLateFields.end();
}

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
  record_source(model, source, created);
  return model;
}

void record_source(Model& model, const Source& source, const std::string& created) {
  Provenance& provenance = model.provenance;
  provenance.created = created;
  provenance.source = source.name;
  provenance.sha256 = source.sha256;
  const FieldDefinition* predicted = find_field(source.fields, model.settings.prediction);
  if (predicted == nullptr) return;
  for (const std::string& value : model.pipeline.classes()) {
    const std::string_view label = label_of(*predicted, value);
    if (!label.empty()) provenance.labels.emplace(value, label);
  }
}

Model fit_model(const PreparedSamples& prepared, MachineLearningSettings settings,
                const FitContext& context, const BuildEvents& events) {
  std::vector<std::string> warnings = drop_what_has_no_meaning(settings);
  FitContext fitting = context;
  fitting.rng = context.rng.stream(kLearner);
  fitting.on_warning = [&](const std::string& warning) {
    // Of both fits, the scored one and that of all rows.
    if (std::ranges::find(warnings, warning) == warnings.end()) warnings.push_back(warning);
  };
  const ClassifierSpec spec = make_spec(settings);
  warn_of_unknown_classes(settings.class_weight, prepared, warnings);
  const auto fit = [&](EncodedSamples drawn) {
    auto encoder = drawn.encoder;
    const TrainingSet set =
        weighted_samples(std::move(drawn), prepared.classes, weight_in_use(settings, spec));
    return Pipeline(prepared.classes, std::move(encoder), fit_classifier(spec, set, fitting));
  };
  EncodedSamples drawn = drawn_samples(prepared.training, settings, context);
  const std::uint64_t trained_rows = drawn.n_incidents();
  if (events.on_training) events.on_training(settings, trained_rows);
  std::optional<Pipeline> pipeline = fit(std::move(drawn));
  const EncodedSamples& holdout = prepared.holdout;
  const RawAnswers answers = answer(*pipeline, holdout, context);
  if (events.on_answers) {
    events.on_answers({prepared.classes, holdout.labels, answers.raw.decisions, answers.counts});
  }
  const Calibrator calibrator = Calibrator::fit(answers.raw.proba, holdout.labels, answers.counts);
  const Scores scores = cross_calibrated(halves_of(answers, holdout.labels, context), calibrator);
  Evaluation evaluation = evaluate({scores.truth, scores.decisions, scores.counts, scores.proba},
                                   prepared.classes, prepared.training.commonest_class());
  if (settings.refit) {
    pipeline.reset();  // or both would be there at once
    pipeline = fit(drawn_samples(prepared.all, settings, context));
  }
  Provenance provenance{.created = {},
                        .source = {},
                        .sha256 = {},
                        .version = RESML_VERSION,
                        .rows = prepared.row_counts,
                        .trained_rows = trained_rows,
                        .holdout_rows = holdout.n_incidents(),
                        .late_fields = find_late_fields(settings.features),
                        .warnings = std::move(warnings)};
  return {std::move(settings), pipeline->with(calibrator), std::move(evaluation),
          std::move(provenance)};
}

Score compare_accuracy(const Model& champion, const Model& challenger) {
  const Evaluation& a = champion.evaluation;
  const Evaluation& b = challenger.evaluation;
  return difference_interval(a.accuracy.value * a.n_rows, a.n_rows, b.accuracy.value * b.n_rows,
                             b.n_rows);
}

}  // namespace resml
