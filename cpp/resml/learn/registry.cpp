#include "resml/learn/registry.hpp"

#include <array>

#include "resml/base/error.hpp"
#include "resml/learn/ada_boost.hpp"
#include "resml/learn/bagging.hpp"
#include "resml/learn/bernoulli_nb.hpp"
#include "resml/learn/decision_tree.hpp"
#include "resml/learn/dummy_classifier.hpp"
#include "resml/learn/gaussian_nb.hpp"
#include "resml/learn/k_nearest_neighbors.hpp"
#include "resml/learn/linear_svm.hpp"
#include "resml/learn/logistic_regression.hpp"
#include "resml/learn/random_forest.hpp"
#include "resml/learn/rbf_svm.hpp"

namespace resml {
namespace {

using nlohmann::json;

// What the registry knows of one learner; made from its class alone.
struct Entry {
  std::string_view kind;
  std::string_view name;
  std::string_view meaning;
  EnsembleSizes ensemble_sizes;
  bool looks_at_fields;
  json (*completed)(const json& options);
  std::vector<OptionInfo> (*described)();
  ClassifierPtr (*fit)(const json& options, const TrainingSet& set, const FitContext& context);
  ClassifierPtr (*load)(const TensorBundle& bundle);
};

// The same of a method; its defaults depend on the learner.
struct MethodEntry {
  std::string_view kind;
  std::string_view name;
  std::string_view meaning;
  json (*completed)(const json& options, const EnsembleSizes& sizes);
  std::vector<OptionInfo> (*described)(const EnsembleSizes& sizes);
  ClassifierPtr (*fit)(const ClassifierSpec& spec, const EnsembleSizes& sizes,
                       const TrainingSet& set, const FitContext& context);
  ClassifierPtr (*load)(const TensorBundle& bundle);
};

// `options` with what was given instead of their defaults.
template <class Options>
Options parsed(std::string_view kind, const json& given, Options options) {
  parse_fields(kind, given, [&](FieldVisitor& visit) { options.each_field(visit); });
  return options;
}

template <class Options>
json as_json(Options options) {
  return fields_json([&](FieldVisitor& visit) { options.each_field(visit); });
}

template <class Options>
std::vector<OptionInfo> described(Options options) {
  return describe_fields([&](FieldVisitor& visit) { options.each_field(visit); });
}

template <class Learner>
constexpr EnsembleSizes ensemble_sizes_of() {
  if constexpr (requires { Learner::kEnsembleSizes; }) return Learner::kEnsembleSizes;
  return {};
}

template <class Learner>
constexpr bool looks_at_fields() {
  if constexpr (requires { Learner::kLooksAtFields; }) return Learner::kLooksAtFields;
  return true;
}

template <class Learner>
constexpr Entry entry() {
  using Options = typename Learner::Options;
  return {.kind = Learner::kKind,
          .name = Learner::kName,
          .meaning = Learner::kMeaning,
          .ensemble_sizes = ensemble_sizes_of<Learner>(),
          .looks_at_fields = looks_at_fields<Learner>(),
          .completed =
              [](const json& given) { return as_json(parsed(Learner::kKind, given, Options())); },
          .described = [] { return described(Options()); },
          .fit =
              [](const json& given, const TrainingSet& set, const FitContext& context) {
                return Learner::fit(parsed(Learner::kKind, given, Options()), set, context);
              },
          .load = &Learner::load};
}

template <class Method>
constexpr MethodEntry method_entry() {
  using Options = typename Method::Options;
  return {.kind = Method::kKind,
          .name = Method::kName,
          .meaning = Method::kMeaning,
          .completed =
              [](const json& given, const EnsembleSizes& sizes) {
                return as_json(parsed(Method::kKind, given, Options(sizes)));
              },
          .described = [](const EnsembleSizes& sizes) { return described(Options(sizes)); },
          .fit =
              [](const ClassifierSpec& spec, const EnsembleSizes& sizes, const TrainingSet& set,
                 const FitContext& context) {
                return Method::fit(parsed(Method::kKind, spec.method_options, Options(sizes)),
                                   {.kind = spec.kind, .options = spec.options}, set, context);
              },
          .load = &Method::load};
}

constexpr std::array kEntries = {
    entry<LogisticRegression>(), entry<LinearSvm>(),         entry<RbfSvm>(),
    entry<DecisionTree>(),       entry<RandomForest>(),      entry<GaussianNB>(),
    entry<BernoulliNB>(),        entry<KNearestNeighbors>(), entry<DummyClassifier>()};

constexpr std::array kMethods = {method_entry<Bagging>(), method_entry<AdaBoost>()};

// nullptr if there is none.
template <class Entries>
const auto* find_kind(const Entries& entries, std::string_view kind) {
  for (const auto& candidate : entries) {
    if (candidate.kind == kind) return &candidate;
  }
  return static_cast<const typename Entries::value_type*>(nullptr);
}

const Entry& learner_of(const ClassifierSpec& spec) {
  if (const Entry* found = find_kind(kEntries, spec.kind)) return *found;
  throw InputError("unknown kind of classifier ", quoted(spec.kind));
}

const MethodEntry& method_of(const ClassifierSpec& spec) {
  if (const MethodEntry* found = find_kind(kMethods, spec.method)) return *found;
  throw InputError("unknown method ", quoted(spec.method));
}

std::vector<AlgorithmInfo> list_algorithms() {
  std::vector<AlgorithmInfo> list;
  for (const Entry& known : kEntries) {
    list.push_back({std::string(known.kind), std::string(known.name), std::string(known.meaning),
                    known.described(), known.looks_at_fields});
  }
  return list;
}

// The defaults of a method, each followed by those of the learners that have another one.
std::vector<OptionInfo> describe_method(const MethodEntry& method) {
  std::vector<OptionInfo> options = method.described({});
  const std::vector<OptionInfo> usual = options;
  for (const Entry& learner : kEntries) {
    const std::vector<OptionInfo> its = method.described(learner.ensemble_sizes);
    for (std::size_t i = 0; i < options.size(); ++i) {
      if (its[i].default_value == usual[i].default_value) continue;
      options[i].default_value += concat(", ", learner.name, ": ", its[i].default_value);
    }
  }
  return options;
}

std::vector<AlgorithmInfo> list_methods() {
  std::vector<AlgorithmInfo> list;
  for (const MethodEntry& known : kMethods) {
    list.push_back({std::string(known.kind), std::string(known.name), std::string(known.meaning),
                    describe_method(known)});
  }
  return list;
}

const AlgorithmInfo& find_name(const std::vector<AlgorithmInfo>& list, std::string_view name,
                               std::string_view place) {
  std::vector<std::string> names;
  for (const AlgorithmInfo& known : list) {
    if (lower_case(known.name) == lower_case(name) || known.kind == lower_case(name)) return known;
    names.push_back(known.name);
  }
  throw InputError(place, ": expected one of ", join(names, ", "), ", got ", quoted(name),
                   did_you_mean(name, names));
}

template <class Entries>
ClassifierPtr load_from(const Entries& entries, std::string_view kind, const TensorBundle& bundle) {
  const auto* found = find_kind(entries, kind);
  if (found == nullptr) {
    throw ModelFileError("unknown kind of classifier ", quoted(kind),
                         "; was it built by a newer version?");
  }
  try {
    return found->load(bundle);
  } catch (const ModelFileError& error) {
    throw ModelFileError(kind, ": ", error.what());
  }
}

}  // namespace

const std::vector<AlgorithmInfo>& algorithms() {
  static const std::vector<AlgorithmInfo> list = list_algorithms();
  return list;
}

const std::vector<AlgorithmInfo>& methods() {
  static const std::vector<AlgorithmInfo> list = list_methods();
  return list;
}

const AlgorithmInfo& find_algorithm(std::string_view name, std::string_view place) {
  // The sample configuration of the original has this spelling, its code the other.
  if (lower_case(name) == "k-nearest neighbors") return find_algorithm("K-Nearest Neighbor", place);
  return find_name(algorithms(), name, place);
}

const AlgorithmInfo& find_method(std::string_view name, std::string_view place) {
  return find_name(methods(), name, place);
}

ClassifierSpec complete(const ClassifierSpec& spec) {
  const Entry& learner = learner_of(spec);
  ClassifierSpec whole = spec;
  whole.options = learner.completed(spec.options);
  if (!spec.method.empty()) {
    whole.method_options = method_of(spec).completed(spec.method_options, learner.ensemble_sizes);
  }
  return whole;
}

ClassifierPtr fit_classifier(const ClassifierSpec& spec, const TrainingSet& set,
                             const FitContext& context) {
  throw_if_stopped(context);
  const Entry& learner = learner_of(spec);
  if (spec.method.empty()) return learner.fit(spec.options, set, context);
  return method_of(spec).fit(spec, learner.ensemble_sizes, set, context);
}

ClassifierPtr load_learner(std::string_view kind, const TensorBundle& bundle) {
  return load_from(kEntries, kind, bundle);
}

ClassifierPtr load_classifier(std::string_view kind, const TensorBundle& bundle) {
  if (find_kind(kMethods, kind) != nullptr) return load_from(kMethods, kind, bundle);
  return load_learner(kind, bundle);
}

}  // namespace resml
