#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace resml {

// A recipe: which learner, with which options (a JSON object; absent options have their defaults),
// and which method makes an ensemble of it.
struct ClassifierSpec {
  std::string kind;  // "logistic_regression", the key in the registry
  nlohmann::json options = nlohmann::json::object();
  std::string method = {};  // "bagging", likewise; empty: one model alone
  nlohmann::json method_options = nlohmann::json::object();
};

}  // namespace resml
