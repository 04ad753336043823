#include "resml/cli/comparison_table.hpp"

#include "resml/base/text.hpp"
#include "resml/cli/format.hpp"

namespace resml {
namespace {

using Cells = std::vector<std::string>;

std::string range(const Score& score) {
  return concat(printed("%.4f", score.value), " (", printed("%.4f", score.low), "-",
                printed("%.4f", score.high), ")");
}

Cells cells_of(const Contender& contender) {
  const Evaluation& e = contender.evaluation;
  return {contender.is_worse() ? " " : "*",
          contender.pair.algorithm,
          contender.pair.method,
          range(e.accuracy),
          range(e.macro_f1),
          duration_text(contender.build_seconds),
          size_text(contender.file_bytes),
          duration_text(contender.answer_seconds)};
}

}  // namespace

std::vector<std::string> comparison_lines(const Comparison& comparison) {
  std::vector<std::string> lines;
  const Evaluation& e = comparison.best.evaluation;
  lines.push_back(concat(comparison.best.settings.prediction, ": ",
                         comparison.best.provenance.trained_rows, " incidents to learn from, ",
                         e.n_rows, " held out, the same for all"));
  lines.push_back(concat("Majority: ", with_interval(e.majority_accuracy), "  always answering ",
                         e.majority_label));
  lines.emplace_back();
  std::vector<Cells> rows = {
      {" ", "Algorithm", "Method", "Accuracy (95 %)", "F1 (95 %)", "Build", "File", "Answer"}};
  // How good the majority's F1 is, is no question.
  bool some_under_majority = comparison.criterion == Criterion::MacroF1;
  for (const Contender& contender : comparison.contenders) {
    const Evaluation& own = contender.evaluation;
    if (own.accuracy.value < own.majority_accuracy.value && !some_under_majority) {
      rows.push_back(
          {" ", "-- always " + e.majority_label, "", range(e.majority_accuracy), "", "", "", ""});
      some_under_majority = true;
    }
    rows.push_back(cells_of(contender));
  }
  for (std::string& line : aligned(rows)) lines.push_back(std::move(line));
  lines.emplace_back();
  lines.emplace_back(
      "* as good as the first by these held-out incidents (paired difference, 95 %).\n"
      "F1 is the mean over the values, each counting the same. Build: learn, score, learn again\n"
      "from all. Answer: one incident.");
  return lines;
}

}  // namespace resml
