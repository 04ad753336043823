#include "resml/pipeline/comparison.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"
#include "resml/learn/registry.hpp"
#include "resml/metrics/paired_difference.hpp"
#include "resml/pipeline/model_file.hpp"

namespace resml {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kAskedIncidents = 50;  // for the time of an answer
constexpr double kAskedSeconds = 0.2;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

bool has_option(const AlgorithmInfo& owner, const std::string& name) {
  return std::any_of(owner.options.begin(), owner.options.end(),
                     [&](const OptionInfo& option) { return option.name == name; });
}

bool any_has_option(const std::vector<AlgorithmInfo>& owners, const std::string& name) {
  return std::any_of(owners.begin(), owners.end(),
                     [&](const AlgorithmInfo& owner) { return has_option(owner, name); });
}

Pair parse_pair(std::string_view text, const std::string& place) {
  const std::size_t plus = text.find('+');
  const std::string_view method =
      plus == std::string_view::npos ? kNoMethod : trimmed(text.substr(plus + 1));
  return {
      find_algorithm(trimmed(text.substr(0, plus)), place).name,
      lower_case(method) == lower_case(kNoMethod) ? kNoMethod : find_method(method, place).name};
}

// One incident as a table of its own, as it comes to a model that is asked.
Table one_incident(const Table& table, std::size_t row, const std::vector<std::string>& names) {
  Table incident{.columns = {}, .n_rows = 1};
  for (const std::string& name : names) {
    const Column* column = find_column(table, name);
    if (column != nullptr) {
      incident.columns.push_back({name, {column->values[column->codes[row]]}, {0}});
    }
  }
  return incident;
}

std::vector<Table> some_incidents(const Table& table, std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<Table> incidents;
  for (std::size_t row = 0; row < std::min(table.n_rows, kAskedIncidents); ++row) {
    incidents.push_back(one_incident(table, row, names));
  }
  return incidents;
}

std::vector<std::string> columns_to_ask(const MachineLearningSettings& settings,
                                        const Source& source) {
  std::vector<std::string> names = columns_if_present(settings, source.fields);
  names.insert(names.end(), settings.features.begin(), settings.features.end());
  return names;
}

double median_answer(const Pipeline& pipeline, const std::vector<Table>& incidents) {
  std::vector<double> times;
  const Clock::time_point start = Clock::now();
  pipeline.predict(incidents.front());  // the first pays for cold caches
  for (const Table& incident : incidents) {
    const Clock::time_point asked = Clock::now();
    pipeline.predict(incident);
    times.push_back(seconds_since(asked));
    if (seconds_since(start) > kAskedSeconds) break;
  }
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

double value_of(const Evaluation& evaluation, Criterion criterion) {
  return (criterion == Criterion::Accuracy ? evaluation.accuracy : evaluation.macro_f1).value;
}

bool is_better(const Evaluation& a, const Evaluation& b, Criterion criterion) {
  const Criterion second =
      criterion == Criterion::Accuracy ? Criterion::MacroF1 : Criterion::Accuracy;
  const double difference = value_of(a, criterion) - value_of(b, criterion);
  return difference != 0 ? difference > 0 : value_of(a, second) > value_of(b, second);
}

// One comparison at work: what all its pairs share, and what is known so far.
class Contest {
 public:
  Contest(const Source& source, const MachineLearningSettings& settings, Criterion criterion,
          const FitContext& context)
      : settings_(settings),
        criterion_(criterion),
        context_(context),
        prepared_(prepare_samples(source, settings, context)),
        incidents_(some_incidents(source.table, columns_to_ask(settings, source))) {}

  // `place`: "3 of 22", for the progress.
  const Contender& run(const Pair& pair, const std::string& place) {
    decisions_.emplace_back();
    BuildEvents events;
    events.on_answers = [&](const HeldOutAnswers& answers) {
      decisions_.back().assign(answers.decisions.begin(), answers.decisions.end());
    };
    FitContext context = context_;
    std::string what;
    context.on_progress = [&](const Progress& progress) {
      what = concat(place, ", ", pair_name(pair), ": ", progress.what);
      context_.report({what, progress.done, progress.total});
    };
    Contender contender;
    contender.pair = pair;
    const Clock::time_point start = Clock::now();
    Model model = fit_model(prepared_, settings_for(settings_, pair), context, events);
    contender.build_seconds = seconds_since(start);
    contender.evaluation = model.evaluation;
    contender.file_bytes = encode_model(model).size();
    contender.answer_seconds = median_answer(model.pipeline, incidents_);
    if (!best_ || is_better(model.evaluation, best_->evaluation, criterion_)) {
      best_ = std::move(model);
      decisions_of_best_ = decisions_.back();
    }
    contenders_.push_back(std::move(contender));
    return contenders_.back();
  }

  bool is_empty() const { return contenders_.empty(); }

  // Best first. Some were run.
  Comparison result() {
    for (std::size_t i = 0; i < contenders_.size(); ++i) {
      contenders_[i].behind = behind_best(decisions_[i]);
    }
    std::stable_sort(contenders_.begin(), contenders_.end(), [&](const auto& a, const auto& b) {
      return is_better(a.evaluation, b.evaluation, criterion_);
    });
    return {criterion_, std::move(contenders_), std::move(*best_), false};
  }

 private:
  Score behind_best(const std::vector<std::uint32_t>& decisions) const {
    const EncodedSamples& holdout = prepared_.holdout;
    const std::vector<double> counts(holdout.counts.begin(), holdout.counts.end());
    const PairedAnswers answers{holdout.labels, counts, decisions, decisions_of_best_,
                                holdout.n_classes};
    return criterion_ == Criterion::Accuracy ? accuracy_difference(answers)
                                             : macro_f1_difference(answers);
  }

  const MachineLearningSettings& settings_;
  const Criterion criterion_;
  const FitContext& context_;
  const PreparedSamples prepared_;
  const std::vector<Table> incidents_;
  std::vector<Contender> contenders_;
  std::vector<std::vector<std::uint32_t>> decisions_;  // on the hold-out, of each contender
  std::optional<Model> best_;
  std::vector<std::uint32_t> decisions_of_best_;
};

nlohmann::json score_json(const Score& score) {
  return {{"value", score.value}, {"low", score.low}, {"high", score.high}};
}

nlohmann::json contender_json(const Contender& contender) {
  const Evaluation& e = contender.evaluation;
  return {{"algorithm", contender.pair.algorithm},
          {"method", contender.pair.method},
          {"accuracy", score_json(e.accuracy)},
          {"macro_f1", score_json(e.macro_f1)},
          {"majority_accuracy", score_json(e.majority_accuracy)},
          {"majority_label", e.majority_label},
          {"log_loss", e.log_loss},
          {"behind_best", score_json(contender.behind)},
          {"worse_than_best", contender.is_worse()},
          {"build_seconds", contender.build_seconds},
          {"file_bytes", contender.file_bytes},
          {"answer_seconds", contender.answer_seconds}};
}

}  // namespace

std::string pair_name(const Pair& pair) {
  return pair.method == kNoMethod ? pair.algorithm : concat(pair.algorithm, " + ", pair.method);
}

std::vector<Pair> all_pairs() {
  std::vector<Pair> pairs;
  for (const AlgorithmInfo& algorithm : algorithms()) {
    pairs.push_back({algorithm.name, kNoMethod});
    if (!algorithm.looks_at_fields) continue;
    for (const AlgorithmInfo& method : methods()) pairs.push_back({algorithm.name, method.name});
  }
  return pairs;
}

std::vector<Pair> parse_pairs(std::string_view text, const std::string& place) {
  const std::vector<std::string> parts = split_at_commas(text);
  if (parts.empty()) return all_pairs();
  std::vector<Pair> pairs;
  for (const std::string& part : parts) {
    Pair pair = parse_pair(part, place);
    for (const Pair& other : pairs) {
      if (pair_name(other) == pair_name(pair)) {
        throw InputError(place, ": ", quoted(pair_name(pair)), " is there twice");
      }
    }
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

Criterion parse_criterion(const std::string& text, const std::string& place) {
  const std::string name = lower_case(text);
  if (name == "accuracy") return Criterion::Accuracy;
  if (name == "f1") return Criterion::MacroF1;
  throw InputError(place, ": expected accuracy or f1, got ", quoted(text));
}

MachineLearningSettings settings_for(const MachineLearningSettings& settings, const Pair& pair) {
  MachineLearningSettings own = settings;
  own.algorithm = pair.algorithm;
  own.method = pair.method;
  const AlgorithmInfo& algorithm = find_algorithm(pair.algorithm);
  std::erase_if(own.learner_options, [&](const auto& option) {
    const std::string& name = option.first;
    if (has_option(algorithm, name)) return false;
    if (pair.method != kNoMethod && has_option(find_method(pair.method), name)) {
      return false;
    }
    return any_has_option(algorithms(), name) || any_has_option(methods(), name);
  });
  return own;
}

Comparison compare_pairs(const Source& source, const MachineLearningSettings& settings,
                         const ComparisonPlan& plan, const FitContext& context) {
  for (const Pair& pair : plan.pairs) check_recipe(settings_for(settings, pair));
  Contest contest(source, settings, plan.criterion, context);
  bool stopped = false;
  for (std::size_t i = 0; i < plan.pairs.size() && !stopped; ++i) {
    try {
      const Contender& done = contest.run(plan.pairs[i], concat(i + 1, " of ", plan.pairs.size()));
      if (plan.on_done) plan.on_done(done);
    } catch (const Cancelled&) {
      if (contest.is_empty()) throw;
      stopped = true;
    }
  }
  Comparison comparison = contest.result();
  comparison.stopped = stopped;
  record_source(comparison.best, source, plan.created);
  return comparison;
}

nlohmann::json describe_comparison(const Comparison& comparison) {
  nlohmann::json list = nlohmann::json::array();
  for (const Contender& contender : comparison.contenders) {
    list.push_back(contender_json(contender));
  }
  return list;
}

}  // namespace resml
