#include "resml/settings/machine_learning_settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <nlohmann/json.hpp>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"

namespace resml {
namespace {

using Settings = MachineLearningSettings;

struct Given {
  std::string place;  // "ml.config:12", "--set"
  std::string key;
  std::string value;

  template <class... Parts>
  [[noreturn]] void fail(const Parts&... parts) const {
    throw InputError(place, ": ", key, ": ", parts...);
  }
};

bool parse_flag(const Given& given) {
  const std::string text = lower_case(given.value);
  if (text == "true" || text == "false") return text == "true";
  given.fail("expected true or false, got ", quoted(given.value));
}

double parse_split(const Given& given) {
  double split = 0;
  if (!parse_double(given.value, split)) given.fail("expected a number, got ", quoted(given.value));
  if (!(split > 0 && split < 1)) {
    given.fail("expected a fraction between 0 and 1, both excluded, got ", given.value);
  }
  return split;
}

std::uint64_t parse_seed(const Given& given) {
  std::uint64_t seed = 0;
  const char* end = given.value.data() + given.value.size();
  const auto result = std::from_chars(given.value.data(), end, seed);
  if (result.ec != std::errc{} || result.ptr != end) {
    given.fail("expected a whole number from 0, got ", quoted(given.value));
  }
  return seed;
}

ClassWeight parse_class_weight(const Given& given) {
  ClassWeight weight;
  const std::string text = lower_case(given.value);
  if (text.empty() || text == "none") return weight;
  weight.text = given.value;
  if (text == "balanced") {
    weight.balanced = true;
    weight.text = "balanced";
    return weight;
  }
  const auto json = nlohmann::json::parse(given.value, nullptr, false);
  if (!json.is_object()) {
    given.fail("expected balanced, None or a JSON object of weights by value, got ",
               quoted(given.value));
  }
  for (const auto& [label, number] : json.items()) {
    if (!number.is_number() || !(number.get<double>() > 0)) {
      given.fail("expected a weight above 0 for ", quoted(label), ", got ", number.dump());
    }
    weight.per_class[label] = number.get<double>();
  }
  return weight;
}

std::string parse_method(const Given& given) {
  static const std::vector<std::string> kMethods = {"None", "Bagging", "Adaptive Boosting"};
  for (const std::string& method : kMethods) {
    if (lower_case(method) == lower_case(given.value)) return method;
  }
  given.fail("expected one of ", join(kMethods, ", "), ", got ", quoted(given.value),
             did_you_mean(given.value, kMethods));
}

std::map<std::string, std::string> parse_types(const Given& given) {
  std::map<std::string, std::string> types;
  for (const std::string& part : split_at_commas(given.value)) {
    const std::size_t colon = part.find(':');
    if (colon == std::string::npos) {
      given.fail("expected field:kind, got ", quoted(part));
    }
    types[std::string(trimmed(part.substr(0, colon)))] = trimmed(part.substr(colon + 1));
  }
  return types;
}

template <class Choice>
Choice parse_choice(const Given& given, const std::vector<std::pair<std::string, Choice>>& known) {
  std::vector<std::string> names;
  for (const auto& [name, choice] : known) {
    if (lower_case(given.value) == name) return choice;
    names.push_back(name);
  }
  given.fail("expected one of ", join(names, ", "), ", got ", quoted(given.value));
}

void apply_compatible(Settings& settings, const Given& given) {
  if (given.value != "1.1") given.fail("expected 1.1, got ", quoted(given.value));
  settings.compatible_1_1 = true;
  settings.encoding = Encoding::Original;
  settings.missing = Missing::Drop;
  settings.refit = false;
}

struct Key {
  std::string_view name;
  void (*apply)(Settings& settings, const Given& given);
};

// `compatible` stands first and is applied first: what a key says itself wins over it.
constexpr std::array kKeys = {
    Key{"compatible", apply_compatible},
    Key{"prediction", [](Settings& s, const Given& g) { s.prediction = g.value; }},
    Key{"features", [](Settings& s, const Given& g) { s.features = split_at_commas(g.value); }},
    Key{"algorithm", [](Settings& s, const Given& g) { s.algorithm = g.value; }},
    Key{"method", [](Settings& s, const Given& g) { s.method = parse_method(g); }},
    Key{"split", [](Settings& s, const Given& g) { s.split = parse_split(g); }},
    Key{"class_weight",
        [](Settings& s, const Given& g) { s.class_weight = parse_class_weight(g); }},
    // Anything but true is false, as it always was.
    Key{"imbalance_upsampling",
        [](Settings& s, const Given& g) {
          s.imbalance_upsampling = lower_case(g.value) == "true";
        }},
    Key{"unwanted_values",
        [](Settings& s, const Given& g) { s.unwanted_values = split_at_commas(g.value); }},
    Key{"unwanted_features",
        [](Settings& s, const Given& g) { s.unwanted_values = split_at_commas(g.value); }},
    Key{"types", [](Settings& s, const Given& g) { s.types = parse_types(g); }},
    Key{"encoding",
        [](Settings& s, const Given& g) {
          s.encoding = parse_choice<Encoding>(
              g, {{"auto", Encoding::Auto}, {"original", Encoding::Original}});
        }},
    Key{"missing",
        [](Settings& s, const Given& g) {
          s.missing =
              parse_choice<Missing>(g, {{"value", Missing::Value}, {"drop", Missing::Drop}});
        }},
    Key{"rare_values",
        [](Settings& s, const Given& g) {
          s.rare_values = parse_choice<RareValues>(g, {{"keep", RareValues::Keep},
                                                       {"drop", RareValues::Drop},
                                                       {"error", RareValues::Error}});
        }},
    Key{"refit", [](Settings& s, const Given& g) { s.refit = parse_flag(g); }},
    Key{"seed", [](Settings& s, const Given& g) { s.seed = parse_seed(g); }},
    // For the download; nothing here reads them.
    Key{"time_start", [](Settings&, const Given&) {}},
    Key{"time_end", [](Settings&, const Given&) {}},
    Key{"max_count", [](Settings&, const Given&) {}},
};

std::vector<Given> collect(const IniFile* file,
                           const std::vector<std::pair<std::string, std::string>>& overrides,
                           const Environment& environment) {
  std::vector<Given> all;
  const IniSection* section = file == nullptr ? nullptr : file->section("machine_learning");
  if (section != nullptr) {
    for (const IniEntry& entry : section->entries) {
      all.push_back(
          {concat(file->name(), ":", entry.line), entry.key, substitute(entry.value, environment)});
    }
  }
  for (const auto& [key, value] : overrides) {
    const std::string name = lower_case(trimmed(key));
    std::erase_if(all, [&](const Given& given) { return given.key == name; });
    all.push_back({"--set", name, std::string(trimmed(value))});
  }
  return all;
}

void require_recipe(const Settings& settings, const IniFile* file) {
  const auto missing = [&](std::string_view key) {
    if (file == nullptr) {
      throw InputError("no configuration file, and no --set ", key,
                       "=...; res-ml config writes one");
    }
    if (file->section("machine_learning") == nullptr) {
      throw InputError(file->name(),
                       ": no section [machine_learning]; res-ml config writes a sample");
    }
    throw InputError(file->name(), ": section [machine_learning] has no key ", quoted(key));
  };
  if (settings.prediction.empty()) missing("prediction");
  if (settings.features.empty()) missing("features");
  for (std::size_t i = 0; i < settings.features.size(); ++i) {
    const std::string& feature = settings.features[i];
    if (feature == settings.prediction) {
      throw InputError(
          "features: ", quoted(feature),
          " is the field to predict; a model that sees the answer learns nothing else");
    }
    const auto rest = settings.features.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(settings.features.begin(), rest, feature) != rest) {
      throw InputError("features: ", quoted(feature), " stands twice");
    }
  }
}

}  // namespace

std::vector<std::string> machine_learning_keys() {
  std::vector<std::string> names;
  for (const Key& key : kKeys) names.emplace_back(key.name);
  return names;
}

MachineLearningSettings read_machine_learning_settings(
    const IniFile* file, const std::vector<std::pair<std::string, std::string>>& overrides,
    const Environment& environment) {
  Settings settings;
  settings.unwanted_values = {"None"};
  std::vector<Given> all = collect(file, overrides, environment);
  for (const Key& key : kKeys) {
    for (const Given& given : all) {
      if (given.key == key.name) key.apply(settings, given);
    }
    std::erase_if(all, [&](const Given& given) { return given.key == key.name; });
  }
  for (const Given& given : all) settings.learner_options[given.key] = given.value;
  require_recipe(settings, file);
  return settings;
}

}  // namespace resml
