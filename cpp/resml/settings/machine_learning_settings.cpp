#include "resml/settings/machine_learning_settings.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"
#include "resml/settings/given.hpp"

namespace resml {
namespace {

using Settings = MachineLearningSettings;

// The place in `names` of the one that is given, case ignored.
std::size_t index_of(const Given& given, const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (lower_case(names[i]) == lower_case(given.value)) return i;
  }
  given.refuse(either_of(names), did_you_mean(given.value, names));
}

template <auto member>
void read_choice(Settings& settings, const Given& given) {
  auto& choice = settings.*member;
  choice =
      static_cast<std::remove_reference_t<decltype(choice)>>(index_of(given, names_of(choice)));
}

bool is_none(std::string_view value) { return value.empty() || lower_case(value) == "none"; }

bool read_truth(const Given& given) { return index_of(given, {"true", "false"}) == 0; }

void read_prediction(Settings& settings, const Given& given) {
  if (given.value.empty()) given.refuse("the name of a field");
  settings.prediction = given.value;
}

void read_features(Settings& settings, const Given& given) {
  settings.features = split_at_commas(given.value);
  if (settings.features.empty()) given.refuse("names of fields, separated by commas");
  std::vector<std::string> sorted = settings.features;
  std::sort(sorted.begin(), sorted.end());
  const auto repeated = std::adjacent_find(sorted.begin(), sorted.end());
  if (repeated != sorted.end())
    throw InputError(given.place(), ": ", quoted(*repeated), " appears twice");
}

// Which there are, the registry knows.
void read_algorithm(Settings& settings, const Given& given) {
  settings.algorithm = given.value;
  settings.option_places["algorithm"] = given.place();
}

void read_method(Settings& settings, const Given& given) {
  const std::vector<std::string> names = {kNoMethod, "Bagging", "Adaptive Boosting"};
  settings.method = is_none(given.value) ? kNoMethod : names[index_of(given, names)];
  settings.option_places["method"] = given.place();
}

void read_split(Settings& settings, const Given& given) {
  settings.split = parse_number(given.value).value_or(0);
  if (settings.split <= 0 || settings.split >= 1) given.refuse("a number above 0 and below 1");
}

void read_class_weight(Settings& settings, const Given& given) {
  settings.class_weight = ClassWeight();
  if (is_none(given.value)) return;
  if (lower_case(given.value) == "balanced") {
    settings.class_weight.balanced = true;
    settings.class_weight.text = "balanced";
    return;
  }
  const auto weights = nlohmann::json::parse(given.value, nullptr, /*allow_exceptions=*/false);
  if (!weights.is_object()) given.refuse("balanced, None or a JSON object");
  for (const auto& [label, weight] : weights.items()) {
    if (!weight.is_number() || weight.get<double>() <= 0)
      throw InputError(given.place(), ": weight of ", quoted(label),
                       " must be a number above 0, got ", weight.dump());
    settings.class_weight.per_class[label] = weight.get<double>();
  }
  settings.class_weight.text = weights.dump();
}

// The original took whatever is not true for false, "yes" too.
void read_upsampling(Settings& settings, const Given& given) {
  settings.imbalance_upsampling = !is_none(given.value) && read_truth(given);
}

void read_unwanted_values(Settings& settings, const Given& given) {
  settings.unwanted_values = split_at_commas(given.value);
}

// Of the download; this part of the program only knows that the key exists.
void leave_to_download(Settings&, const Given&) {}

void read_refit(Settings& settings, const Given& given) { settings.refit = read_truth(given); }

void read_seed(Settings& settings, const Given& given) {
  const auto seed = parse_whole<std::uint64_t>(given.value);
  if (!seed) given.refuse("a whole number from 0 to 18446744073709551615");
  settings.seed = *seed;
}

void read_types(Settings& settings, const Given& given) {
  settings.types.clear();
  for (const std::string& part : split_at_commas(given.value)) {
    const std::size_t colon = part.rfind(':');
    const std::string field(trimmed(std::string_view(part).substr(0, colon)));
    const std::string kind(
        colon == std::string::npos ? "" : trimmed(std::string_view(part).substr(colon + 1)));
    if (field.empty() || kind.empty())
      throw InputError(given.place(), ": expected field:kind, got ", quoted(part));
    if (!settings.types.emplace(field, kind).second)
      throw InputError(given.place(), ": ", quoted(field), " appears twice");
  }
}

void read_compatible(Settings& settings, const Given& given) {
  if (is_none(given.value)) return;
  if (given.value != "1.1") given.refuse("1.1 or None");
  settings.compatible_1_1 = true;
  settings.encoding = Encoding::Original;
  settings.missing = Missing::Drop;
  settings.refit = false;
}

struct Key {
  SettingInfo info;
  void (*read)(Settings&, const Given&);
};

// In the order of the sample file and of help.
const std::vector<Key>& keys() {
  static const std::vector<Key> list = {
      {{"prediction", "severity_code", "The field that is predicted."}, read_prediction},
      {{"features", "incident_type_ids, confirmed, negative_pr_likely, nist_attack_vectors",
        "The fields that it is predicted from, separated by commas."},
       read_features},
      {{"algorithm", "Logistic Regression",
        "Logistic Regression, SVM, SVM with Gaussian kernel, Decision Tree, Random Forest,\n"
        "GaussianNB, BernoulliNB, K-Nearest Neighbor or Dummy Classifier."},
       read_algorithm},
      {{"method", "None", "How several models are combined: None, Bagging or Adaptive Boosting."},
       read_method},
      {{"split", "0.5", "Share of the incidents held out to measure how good the model is."},
       read_split},
      {{"class_weight", "balanced",
        "balanced: rare values of the predicted field count as much as frequent ones. None: every\n"
        "incident counts the same. Or a weight per value: {\"High\": 3, \"Low\": 1}"},
       read_class_weight},
      {{"imbalance_upsampling", "true",
        "true: incidents with rare values are repeated until all values are equally frequent.",
        true},
       read_upsampling},
      {{"unwanted_values", "None",
        "Incidents whose predicted field has one of these values are left out. Separated by "
        "commas;\n"
        "None is the value of a field that nobody filled in."},
       read_unwanted_values},
      {{"time_start", "2018-10-01", "Only incidents created on this day or later (YYYY-mm-dd).",
        true},
       leave_to_download},
      {{"time_end", "2018-10-08", "Only incidents created on this day or before (YYYY-mm-dd).",
        true},
       leave_to_download},
      {{"max_count", "10000", "At most this many incidents are downloaded.", true},
       leave_to_download},
      {{"time_field", "", "The date that time_start and time_end speak of."}, leave_to_download},
      {{"connections", "", "How many pages of incidents are asked for at once."},
       leave_to_download},
      {{"split_by", "",
        "chance: any incidents are held out; time: the newest, as a new incident would be."},
       read_choice<&Settings::split_by>},
      {{"encoding", "", "auto, or original: field types and numbers as version 1.1 made them."},
       read_choice<&Settings::encoding>},
      {{"missing", "",
        "value: a missing feature is a value of its own; drop: the incident is left out."},
       read_choice<&Settings::missing>},
      {{"refit", "", "true: after it was measured the model is fitted again on all incidents."},
       read_refit},
      {{"seed", "", "Start of the random numbers; the same seed gives the same model."}, read_seed},
      {{"rare_values", "",
        "Values of the predicted field that occur once: keep, drop, or error to stop."},
       read_choice<&Settings::rare_values>},
      {{"types", "",
        "Kinds of fields that are not guessed right: severity_code:category, created:date"},
       read_types},
      {{"compatible", "",
        "1.1: encoding = original, missing = drop and refit = false unless set otherwise."},
       read_compatible},
  };
  return list;
}

std::vector<std::string> key_names() {
  std::vector<std::string> names;
  for (const Key& key : keys()) names.push_back(key.info.key);
  return names;
}

[[noreturn]] void throw_missing(const IniFile* file, std::string_view key) {
  if (file == nullptr)
    throw InputError("key ", quoted(key), " is missing; give it as --set ", key,
                     "=... or in a configuration file");
  if (file->section(kLearningSection) == nullptr)
    throw InputError(file->name(), ": section [", kLearningSection,
                     "] is missing; res-ml config writes a sample");
  throw InputError(file->name(), ": section [", kLearningSection, "]: key ", quoted(key),
                   " is missing");
}

void check_fields(const Settings& settings, const std::map<std::string, Given>& all,
                  const IniFile* file) {
  if (settings.prediction.empty()) throw_missing(file, "prediction");
  if (settings.features.empty()) throw_missing(file, "features");
  const auto& features = settings.features;
  if (std::find(features.begin(), features.end(), settings.prediction) != features.end())
    throw InputError(all.at("features").place(), ": ", quoted(settings.prediction),
                     " is the predicted field; leave it out");
}

}  // namespace

const std::vector<SettingInfo>& machine_learning_keys() {
  static const std::vector<SettingInfo> infos = [] {
    std::vector<SettingInfo> list;
    for (const Key& key : keys()) list.push_back(key.info);
    return list;
  }();
  return infos;
}

void throw_unknown_key(const MachineLearningSettings& settings, const std::string& key,
                       const std::vector<std::string>& learner_options) {
  std::vector<std::string> known = key_names();
  known.insert(known.end(), learner_options.begin(), learner_options.end());
  std::string remedy = did_you_mean(key, known);
  if (remedy.empty()) {
    remedy = all_names(key_names(), "keys");
    const std::string with = settings.method == kNoMethod ? "" : concat(" with ", settings.method);
    if (!learner_options.empty())
      remedy += concat("; ", settings.algorithm, with, " has ", join(learner_options, ", "));
  }
  throw InputError(place_of(settings, key, "settings"), ": unknown key ", quoted(key), remedy);
}

void check_download_overrides(const std::vector<std::pair<std::string, std::string>>& overrides) {
  std::vector<std::string> names;
  for (const Key& key : keys()) {
    if (key.read == leave_to_download) names.push_back(key.info.key);
  }
  for (const auto& [key, given] : collect_given(nullptr, overrides, {})) {
    if (std::find(names.begin(), names.end(), key) == names.end())
      throw InputError(given.place(), ": unknown key ", quoted(key),
                       did_you_mean(key, names, "keys of a download"));
  }
}

std::string place_of(const MachineLearningSettings& settings, const std::string& key,
                     const std::string& otherwise) {
  const auto place = settings.option_places.find(key);
  return place == settings.option_places.end() ? otherwise : place->second;
}

MachineLearningSettings read_machine_learning_settings(
    const IniFile* file, const std::vector<std::pair<std::string, std::string>>& overrides,
    const Environment& environment) {
  std::map<std::string, Given> all = collect_given(file, overrides, environment);
  Settings settings;
  // First, since the keys that it stands for win over it.
  if (const auto given = all.find("compatible"); given != all.end())
    read_compatible(settings, given->second);
  for (const Key& key : keys()) {
    if (const auto given = all.find(key.info.key);
        given != all.end() && key.read != read_compatible)
      key.read(settings, given->second);
  }
  check_fields(settings, all, file);
  for (const std::string& name : key_names()) all.erase(name);
  for (const auto& [key, given] : all) {
    if (given.inherited) continue;
    settings.learner_options[key] = given.value;
    settings.option_places[key] = given.source();
  }
  return settings;
}

}  // namespace resml
