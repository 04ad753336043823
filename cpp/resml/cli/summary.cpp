#include "resml/cli/summary.hpp"

#include <filesystem>

#include "resml/base/text.hpp"
#include "resml/cli/format.hpp"

namespace resml {
namespace {

constexpr std::size_t kLabelWidth = 16;
constexpr std::size_t kValueWidth = 12;

std::string labelled(const std::string& label, const std::string& value) {
  return padded(label, kLabelWidth) + value;
}

std::string fraction(double value) { return printed("%.12g", value); }

void append_rows(std::vector<std::string>& lines, const Model& model) {
  const Provenance& provenance = model.provenance;
  const std::string& prediction = model.settings.prediction;
  const RowCounts& rows = provenance.rows;
  lines.push_back(labelled(
      "Rows:", concat(rows.read, " read, ", rows.used, " used", left_out(rows, prediction))));
  lines.push_back(labelled(
      "Hold-out:", concat(model.settings.split_by == SplitBy::Time ? "the newest " : "",
                          provenance.holdout_rows, " rows, trained on ", provenance.trained_rows)));
  if (!rows.rare_values.empty() && rows.rare == 0) {
    lines.push_back(labelled(
        "Occurs once:", concat(join(rows.rare_values, ", "), " (learnt, never in the hold-out)")));
  }
}

void append_worth(std::vector<std::string>& lines, const Model& model) {
  const Evaluation& e = model.evaluation;
  lines.push_back(labelled("Accuracy:", with_interval(e.accuracy)));
  lines.push_back(labelled("Majority:", concat(with_interval(e.majority_accuracy),
                                               "  always answering ", e.majority_label)));
  lines.push_back(labelled("F1:", with_interval(e.macro_f1)));
  lines.push_back(
      labelled("Calibration:", concat("expected error ", printed("%.4f", e.calibration_error),
                                      ", log-loss ", printed("%.4f", e.log_loss))));
  lines.push_back(labelled(
      "Model:", model.settings.refit
                    ? "fitted once more on all used rows; the scores are those of the hold-out"
                    : "fitted on the training rows only"));
  lines.emplace_back("  Kinds of the features:");
  for (const Feature& feature : model.pipeline.encoder().features()) {
    lines.push_back(concat("    ", feature.name, ": ", kind_name(feature.type.kind), " (",
                           feature.type.reason, ")"));
  }
  for (const std::string& field : model.provenance.late_fields) {
    lines.push_back(labelled(
        "Warning:", concat(field,
                           " is filled late in an incident's life; a new incident will not "
                           "have the value that the model learnt from")));
  }
  for (const std::string& warning : model.provenance.warnings) {
    lines.push_back(labelled("Warning:", warning));
  }
}

}  // namespace

std::vector<std::string> summary_lines(const Model& model, const std::string& path) {
  const MachineLearningSettings& s = model.settings;
  const Provenance& provenance = model.provenance;
  const Evaluation& e = model.evaluation;
  std::vector<std::string> lines = {
      "-----",
      "Summary:",
      "-----",
      labelled("File:", std::filesystem::absolute(path).string()),
      labelled("Build time:", provenance.created),
      labelled("Num_samples:", concat(provenance.trained_rows + provenance.holdout_rows)),
      labelled("Algorithm:", s.algorithm),
      labelled("Method:", s.method),
      labelled("Prediction:", s.prediction),
      labelled("Features:", join(s.features, ", ")),
      labelled("Class weight:", s.class_weight.text),
      labelled("Upsampling:", s.imbalance_upsampling ? "True" : "False"),
      labelled("Unwanted Values:", join(s.unwanted_values, ", ")),
      labelled("Accuracy:", fraction(e.accuracy.value)),
      labelled("F1:", fraction(e.macro_f1.value)),
      concat("  Accuracy for ", s.prediction, " value:")};
  for (const ClassScores& scores : e.classes) {
    const std::string label = provenance.label_of(scores.label);
    lines.push_back(concat("    ", padded(scores.label + ":", kValueWidth), " ",
                           fraction(scores.recall.value), label.empty() ? "" : "  " + label));
  }
  lines.emplace_back("-----");
  append_rows(lines, model);
  append_worth(lines, model);
  return lines;
}

}  // namespace resml
