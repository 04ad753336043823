#pragma once

#include <string>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/data/table.hpp"
#include "resml/metrics/evaluation.hpp"
#include "resml/pipeline/pipeline.hpp"
#include "resml/pipeline/samples.hpp"
#include "resml/settings/machine_learning_settings.hpp"

namespace resml {

// Where a model came from.
struct Provenance {
  std::string created;  // "YYYY-mm-dd HH:MM:SS", local time
  std::string source;   // name of the file with the samples, without its folder
  std::string sha256;   // of that file
  std::string version;  // of the program that built it
  RowCounts rows;
  std::uint64_t trained_rows = 0;  // rows the evaluated classifier learnt from, after upsampling
  std::uint64_t holdout_rows = 0;
  std::vector<std::string> warnings;  // what the user was told while building
};

// Everything a model file holds.
struct Model {
  MachineLearningSettings settings;  // as used; learner_options are completed with defaults
  Pipeline pipeline;
  Evaluation evaluation;  // on the hold-out, of the pipeline fitted without it
  Provenance provenance;
};

// The samples that one model, or several to be compared, are made from.
struct Source {
  Table table;       // the columns named by columns_to_read()
  std::string name;  // file name for the record
  std::string sha256;
};

// The columns that a build reads: features and prediction; and those it reads where the file has
// them (create_date for the age of other dates).
std::vector<std::string> columns_to_read(const MachineLearningSettings& settings);
std::vector<std::string> optional_columns(const MachineLearningSettings& settings);

// split -> fit -> evaluate -> refit. `created` is written into the record.
// InputError for settings or samples that cannot be learnt from.
Model build_model(const Source& source, const MachineLearningSettings& settings,
                  const std::string& created, const FitContext& context);

// Accuracy of `challenger` minus that of `champion`, each on its own hold-out, with its 95 %
// interval (OB-REB-04). Each score is of a pipeline that did not see the rows: scoring both on one
// hold-out would favour the champion, which learnt from most of these incidents when it was
// refitted.
Score compare_accuracy(const Model& champion, const Model& challenger);

std::string encode_model(const Model& model);
Model decode_model(std::string_view bytes, const std::string& name);

// ModelFileError for a damaged, foreign or too new file; for a pickle of the original the message
// is the complete build command that replaces it. InputError if the file cannot be read.
Model load_model(const std::string& path);
// Atomic; mode 0644.
void save_model(const Model& model, const std::string& path);

}  // namespace resml
