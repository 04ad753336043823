#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/metrics/evaluation.hpp"
#include "resml/pipeline/model.hpp"
#include "resml/pipeline/source.hpp"
#include "resml/settings/machine_learning_settings.hpp"

namespace resml {

// An algorithm and a method, "None" for none, as the registry writes them.
struct Pair {
  std::string algorithm;
  std::string method;
};

// "Random Forest", "SVM + Bagging".
std::string pair_name(const Pair& pair);

// Every algorithm alone and with every method; what looks at no field alone.
std::vector<Pair> all_pairs();

// "Random Forest, SVM + Bagging"; all pairs where the text is empty. InputError for a name that is
// unknown, a pair twice.
std::vector<Pair> parse_pairs(std::string_view text, const std::string& place);

// The settings for one pair: options that belong to other algorithms or methods are left out.
MachineLearningSettings settings_for(const MachineLearningSettings& settings, const Pair& pair);

// What makes a pair the best.
enum class Criterion { Accuracy, MacroF1 };

// "accuracy", "f1"; InputError for anything else.
Criterion parse_criterion(const std::string& text, const std::string& place);

// What became of one pair. Times are wall time in seconds, on the threads of the context.
struct Contender {
  Pair pair;
  Evaluation evaluation;     // on the hold-out that all share
  Score behind;              // score of the best minus its own, paired, with its 95 % interval
  double build_seconds = 0;  // learn, score, learn again from all
  std::size_t file_bytes = 0;
  double answer_seconds = 0;  // for one incident, from its cells on; median

  // Whether the hold-out shows the best to be better.
  bool is_worse() const { return behind.low > 0; }
};

struct Comparison {
  Criterion criterion = Criterion::Accuracy;
  std::vector<Contender> contenders;  // best first
  Model best;
  bool stopped = false;  // a stop came after some pairs were done
};

// What is compared, and how.
struct ComparisonPlan {
  std::vector<Pair> pairs;
  Criterion criterion = Criterion::Accuracy;
  std::string created = "";                            // goes into the record of the best
  std::function<void(const Contender&)> on_done = {};  // hears of each; `behind` not known yet
};

// Builds all pairs on the same split of the same encoded incidents. InputError where the samples
// serve no algorithm; Cancelled if it was stopped before the first was done.
Comparison compare_pairs(const Source& source, const MachineLearningSettings& settings,
                         const ComparisonPlan& plan, const FitContext& context);

// An array, one object a pair, every score with its interval; times in seconds.
nlohmann::json describe_comparison(const Comparison& comparison);

}  // namespace resml
