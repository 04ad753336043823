#include "resml/learn/registry.hpp"

#include <array>

#include "resml/base/error.hpp"
#include "resml/learn/bernoulli_nb.hpp"
#include "resml/learn/decision_tree.hpp"
#include "resml/learn/dummy_classifier.hpp"
#include "resml/learn/gaussian_nb.hpp"
#include "resml/learn/k_nearest_neighbors.hpp"
#include "resml/learn/linear_svm.hpp"
#include "resml/learn/logistic_regression.hpp"
#include "resml/learn/random_forest.hpp"

namespace resml {
namespace {

using nlohmann::json;

// What the registry knows of one learner; made from its class alone.
struct Entry {
  std::string_view kind;
  std::string_view name;
  std::string_view meaning;
  json (*completed)(const json& options);
  std::vector<OptionInfo> (*described)();
  ClassifierPtr (*fit)(const json& options, const TrainingSet& set, const FitContext& context);
  ClassifierPtr (*load)(const TensorBundle& bundle);
};

template <class Learner>
typename Learner::Options parse_options(const json& given) {
  typename Learner::Options options;
  parse_fields(Learner::kKind, given, [&](FieldVisitor& visit) { options.each_field(visit); });
  return options;
}

template <class Learner>
constexpr Entry entry() {
  return {.kind = Learner::kKind,
          .name = Learner::kName,
          .meaning = Learner::kMeaning,
          .completed =
              [](const json& given) {
                auto options = parse_options<Learner>(given);
                return fields_json([&](FieldVisitor& visit) { options.each_field(visit); });
              },
          .described =
              [] {
                typename Learner::Options options;
                return describe_fields([&](FieldVisitor& visit) { options.each_field(visit); });
              },
          .fit =
              [](const json& given, const TrainingSet& set, const FitContext& context) {
                return Learner::fit(parse_options<Learner>(given), set, context);
              },
          .load = &Learner::load};
}

constexpr std::array kEntries = {entry<LogisticRegression>(), entry<LinearSvm>(),
                                 entry<DecisionTree>(),       entry<RandomForest>(),
                                 entry<GaussianNB>(),         entry<BernoulliNB>(),
                                 entry<KNearestNeighbors>(),  entry<DummyClassifier>()};

const Entry& find_entry(std::string_view kind) {
  for (const Entry& candidate : kEntries) {
    if (candidate.kind == kind) return candidate;
  }
  throw InputError("unknown kind of classifier ", quoted(kind));
}

std::vector<AlgorithmInfo> list_algorithms() {
  std::vector<AlgorithmInfo> list;
  for (const Entry& known : kEntries) {
    list.push_back({std::string(known.kind), std::string(known.name), std::string(known.meaning),
                    known.described()});
  }
  return list;
}

}  // namespace

const std::vector<AlgorithmInfo>& algorithms() {
  static const std::vector<AlgorithmInfo> list = list_algorithms();
  return list;
}

const AlgorithmInfo& find_algorithm(std::string_view name, std::string_view place) {
  // The sample configuration of the original has this spelling, its code the other.
  if (lower_case(name) == "k-nearest neighbors") return find_algorithm("K-Nearest Neighbor", place);
  std::vector<std::string> names;
  for (const AlgorithmInfo& known : algorithms()) {
    if (lower_case(known.name) == lower_case(name) || known.kind == lower_case(name)) return known;
    names.push_back(known.name);
  }
  throw InputError(place, ": expected one of ", join(names, ", "), ", got ", quoted(name),
                   did_you_mean(name, names));
}

ClassifierSpec complete(const ClassifierSpec& spec) {
  return {spec.kind, find_entry(spec.kind).completed(spec.options)};
}

ClassifierPtr fit_classifier(const ClassifierSpec& spec, const TrainingSet& set,
                             const FitContext& context) {
  throw_if_stopped(context);
  return find_entry(spec.kind).fit(spec.options, set, context);
}

ClassifierPtr load_classifier(std::string_view kind, const TensorBundle& bundle) {
  for (const Entry& candidate : kEntries) {
    if (candidate.kind != kind) continue;
    try {
      return candidate.load(bundle);
    } catch (const ModelFileError& error) {
      throw ModelFileError(kind, ": ", error.what());
    }
  }
  throw ModelFileError("unknown kind of classifier ", quoted(kind),
                       "; was it built by a newer version?");
}

}  // namespace resml
