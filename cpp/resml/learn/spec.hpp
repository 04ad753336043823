#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace resml {

// A recipe: which learner, with which options (a JSON object; absent options have their defaults).
struct ClassifierSpec {
  std::string kind;  // "logistic_regression", the key in the registry
  nlohmann::json options = nlohmann::json::object();
};

}  // namespace resml
