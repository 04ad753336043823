#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/learn/classifier.hpp"
#include "resml/learn/options.hpp"
#include "resml/learn/spec.hpp"

namespace resml {

// A learner, or a method that makes an ensemble of one.
struct AlgorithmInfo {
  std::string kind;     // "logistic_regression"
  std::string name;     // "Logistic Regression", as in ml.config
  std::string meaning;  // one line of help
  std::vector<OptionInfo> options;
  bool looks_at_fields = true;  // false: no method or weight has a meaning for it
};

// Every learner there is, in the order in which help lists them.
const std::vector<AlgorithmInfo>& algorithms();

// Every method; the default of an option says what other one some learners have.
const std::vector<AlgorithmInfo>& methods();

// The kind of an algorithm by its name in ml.config (case ignored, "K-Nearest Neighbors" too) or by
// its kind. InputError lists the names and the nearest one.
const AlgorithmInfo& find_algorithm(std::string_view name, std::string_view place = "algorithm");

// A method likewise.
const AlgorithmInfo& find_method(std::string_view name, std::string_view place = "method");

// Checks the options of `spec` and returns it with every default written out.
ClassifierSpec complete(const ClassifierSpec& spec);

ClassifierPtr fit_classifier(const ClassifierSpec& spec, const TrainingSet& set,
                             const FitContext& context);

// The bundle that Classifier::save() of this kind made. ModelFileError if it is not one.
ClassifierPtr load_classifier(std::string_view kind, const TensorBundle& bundle);
// The same, but an ensemble is refused.
ClassifierPtr load_learner(std::string_view kind, const TensorBundle& bundle);

}  // namespace resml
