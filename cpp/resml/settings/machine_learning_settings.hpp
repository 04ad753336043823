#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "resml/settings/ini_file.hpp"

namespace resml {

enum class Encoding { Auto, Original };
enum class RareValues { Keep, Drop, Error };
enum class Missing { Value, Drop };
enum class SplitBy { Chance, Time };

// The enumerators as configuration and model file call them, in their order.
inline std::vector<std::string> names_of(Encoding) { return {"auto", "original"}; }
inline std::vector<std::string> names_of(RareValues) { return {"keep", "drop", "error"}; }
inline std::vector<std::string> names_of(Missing) { return {"value", "drop"}; }
inline std::vector<std::string> names_of(SplitBy) { return {"chance", "time"}; }

// How classes are weighted against each other (`class_weight`).
struct ClassWeight {
  bool balanced = false;
  std::map<std::string, double> per_class;  // from a JSON object; classes not named weigh 1
  std::string text = "None";                // as the summary prints it
};

constexpr const char* kNoMethod = "None";

// The section [machine_learning] of ml.config: what is learnt, and how. Defaults are here only.
struct MachineLearningSettings {
  std::string prediction;
  std::vector<std::string> features;
  std::string algorithm = "Logistic Regression";
  std::string method = kNoMethod;
  double split = 0.5;  // fraction held out
  SplitBy split_by = SplitBy::Chance;
  ClassWeight class_weight;
  bool imbalance_upsampling = false;
  std::vector<std::string> unwanted_values = {"None"};  // a predicted field that nobody filled
  Encoding encoding = Encoding::Auto;
  Missing missing = Missing::Value;
  RareValues rare_values = RareValues::Keep;
  bool refit = true;
  bool compatible_1_1 = false;  // everything as the original did it, class_weight of Bayes included
  std::uint64_t seed = 0;
  std::map<std::string, std::string> types;            // field -> kind name
  std::map<std::string, std::string> learner_options;  // keys this section does not know itself
  // Where each of them, algorithm and method were set, "ml.config:12" or "--set n_trees=0": for
  // messages only.
  std::map<std::string, std::string> option_places;
};

// One key and what it means, for the sample file, --help and error messages.
struct SettingInfo {
  std::string key;
  std::string sample;      // value in the sample file; "" = the sample does not have the key
  std::string meaning;     // comment in the sample file
  bool commented = false;  // written with "#" before it in the sample file
};
const std::vector<SettingInfo>& machine_learning_keys();

// For an option that is no key of the section and no option of the learner: "ml.config:12: unknown
// key "splt"; did you mean "split"?".
[[noreturn]] void throw_unknown_key(const MachineLearningSettings& settings, const std::string& key,
                                    const std::vector<std::string>& learner_options);

// InputError for an override (KEY, VALUE) of a key that no download looks at: after a slip it would
// fetch what nobody asked for.
void check_download_overrides(const std::vector<std::pair<std::string, std::string>>& overrides);

// Where the key was set, `otherwise` if that is not known.
std::string place_of(const MachineLearningSettings& settings, const std::string& key,
                     const std::string& otherwise);

// Reads the section of `file`, then applies `overrides` (KEY, VALUE) over it, as `--set` gives
// them; `file` may be nullptr. Values of the file are substituted. InputError "ml.config:12: key
// "split": ..." / "--set split=2: ..." with what was expected. Missing `prediction` or `features`
// is an error that names file, section and key. `learner_options` are not judged here: the registry
// knows them; keys that only [DEFAULT] has are not judged at all.
MachineLearningSettings read_machine_learning_settings(
    const IniFile* file, const std::vector<std::pair<std::string, std::string>>& overrides,
    const Environment& environment);

}  // namespace resml
