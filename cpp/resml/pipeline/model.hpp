#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/metrics/evaluation.hpp"
#include "resml/pipeline/pipeline.hpp"
#include "resml/pipeline/prepared_samples.hpp"
#include "resml/pipeline/source.hpp"
#include "resml/settings/machine_learning_settings.hpp"

namespace resml {

// Where a model came from.
struct Provenance {
  std::string created;  // "YYYY-mm-dd HH:MM:SS", local time
  std::string source;   // name of the file with the samples
  std::string sha256;   // of that file
  std::string version;  // of the program that built it
  RowCounts rows;
  std::uint64_t trained_rows = 0;  // that the scored classifier learnt from, after upsampling
  std::uint64_t holdout_rows = 0;
  std::vector<std::string> late_fields;  // features that are filled late, to be warned of
  std::vector<std::string> warnings;     // what else the user was told
  // The platform's words for predicted values, where it has any: "4" -> "Low".
  std::map<std::string, std::string> labels = {};

  // Empty where it has none.
  std::string label_of(const std::string& value) const;
};

// Whether the field is filled late in an incident's life (OB-PRED-08): a new incident does not have
// its value yet.
bool is_late_field(std::string_view field);

// Everything a model file holds. `settings` are as used: the learner's options are complete, and
// what has no effect on the learner is off.
struct Model {
  MachineLearningSettings settings;
  Pipeline pipeline;
  Evaluation evaluation;  // on the hold-out, of a pipeline fitted without it
  Provenance provenance;
};

// Whether these settings can be learnt with at all: algorithm, its options, method. InputError
// otherwise. build_model checks it too; asked first, it saves reading the samples in vain.
void check_recipe(MachineLearningSettings settings);

// What was true and what was predicted, for each distinct held-out incident and how many equal ones
// it stands for.
struct HeldOutAnswers {
  const std::vector<std::string>& classes;
  std::span<const std::uint32_t> truth;      // index into classes
  std::span<const std::uint32_t> decisions;  // likewise
  std::span<const double> counts;
};

// What build_model tells while it works, to whom it concerns.
struct BuildEvents {
  // Before the classifier that is scored learns from `n_rows` incidents.
  std::function<void(const MachineLearningSettings& settings, std::uint64_t n_rows)> on_training =
      {};
  std::function<void(const HeldOutAnswers&)> on_answers = {};
};

// prepare -> upsample -> fit -> evaluate -> refit. `created` goes into the record. InputError for
// settings or samples that cannot be learnt from.
Model build_model(const Source& source, MachineLearningSettings settings,
                  const std::string& created, const FitContext& context,
                  const BuildEvents& events = {});

// Puts into the model's record where its samples came from.
void record_source(Model& model, const Source& source, const std::string& created);

// The part of it that depends on the algorithm, from upsampling on; where the samples came from is
// left empty in the record. `prepared` must have been made with the same settings but for
// algorithm, method and the learner's options.
Model fit_model(const PreparedSamples& prepared, MachineLearningSettings settings,
                const FitContext& context, const BuildEvents& events = {});

// Accuracy of `challenger` minus that of `champion` with its 95 % interval (OB-REB-04). Each score
// is of a pipeline that did not see the rows: on a common hold-out the champion would be at an
// advantage, because it learnt from most of these incidents when it was refitted.
Score compare_accuracy(const Model& champion, const Model& challenger);

}  // namespace resml
