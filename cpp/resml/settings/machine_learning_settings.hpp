#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "resml/settings/ini_file.hpp"

namespace resml {

enum class Encoding { Auto, Original };
enum class Missing { Value, Drop };
enum class RareValues { Keep, Drop, Error };

// How classes are weighted against each other.
struct ClassWeight {
  bool balanced = false;
  std::map<std::string, double> per_class;  // classes not named weigh 1
  std::string text = "None";                // as the summary prints it
};

// The section [machine_learning] of ml.config: what is learnt, and how. Defaults are here only.
struct MachineLearningSettings {
  std::string prediction;
  std::vector<std::string> features;
  std::string algorithm = "Logistic Regression";
  std::string method = "None";
  double split = 0.5;  // fraction held out
  ClassWeight class_weight;
  bool imbalance_upsampling = false;
  std::vector<std::string> unwanted_values;
  std::map<std::string, std::string> types;  // field -> name of its kind
  Encoding encoding = Encoding::Auto;
  Missing missing = Missing::Value;
  RareValues rare_values = RareValues::Keep;
  bool refit = true;
  std::uint64_t seed = 0;
  bool compatible_1_1 = false;  // as the original in everything that a key turns back
  // Keys that this section does not know, for the learner to take or refuse.
  std::map<std::string, std::string> learner_options;
};

// Keys of the section, in the order of the sample file. A key given on the command line has the
// place "--set".
std::vector<std::string> machine_learning_keys();

// Reads the section of `file` (none: nullptr), then `overrides` (key, value) over it. InputError
// "ml.config:12: split: expected ...". A missing `prediction` or `features` names the file, section
// and key.
MachineLearningSettings read_machine_learning_settings(
    const IniFile* file, const std::vector<std::pair<std::string, std::string>>& overrides,
    const Environment& environment);

}  // namespace resml
