#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "open_text.hpp"
#include "resml/base/rng.hpp"
#include "resml/base/text.hpp"
#include "resml/data/csv_reader.hpp"
#include "resml/learn/registry.hpp"
#include "resml/pipeline/source.hpp"
#include "resml/settings/machine_learning_settings.hpp"

namespace resml {

inline std::vector<std::string> all_kinds() {
  std::vector<std::string> kinds;
  for (const AlgorithmInfo& algorithm : algorithms()) kinds.push_back(algorithm.kind);
  return kinds;
}

// As Classifier::kind() says it.
inline std::vector<std::string> all_kinds_and_methods() {
  std::vector<std::string> kinds = all_kinds();
  for (const AlgorithmInfo& method : methods()) kinds.push_back(method.kind);
  return kinds;
}

inline Source source_of(const std::string& csv) {
  CsvReader reader(open_text(csv), {});
  return {reader.read({}), "<text>", reader.sha256()};
}

// Lines of `n` incidents with every kind of field, without a line end; severity leans on them.
inline std::vector<std::string> random_incidents(std::size_t n, std::uint64_t seed) {
  Rng rng(seed);
  const auto one_of = [&](std::vector<std::string> values) {
    return values[rng.below(values.size())];
  };
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < n; ++i) {
    const std::string kind = one_of({"Malware", "Phishing", "System", ""});
    const std::string tags = one_of({"[1]", "\"[1, 2]\"", "[]", "\"[2, 3]\"", "None"});
    const std::string amount = one_of({"0.5", "12.25", "7.5", "100.5", ""});
    const std::string confirmed = one_of({"True", "False", "None"});
    const std::uint64_t discovered = 1500000000000 + 86400000 * rng.below(3);
    const std::string truth = kind == "Malware" ? "High" : tags == "[1]" ? "Low" : "Medium";
    const std::string noise = one_of({"High", "Low", "Medium"});
    lines.push_back(concat(kind, ',', tags, ',', confirmed, ',', amount, ',', discovered,
                           ",1500300000000,", rng.below(4) == 0 ? noise : truth));
  }
  return lines;
}

inline const std::string kIncidentHeader =
    "kind,tags,confirmed,amount,discovered_date,create_date,severity";

// A method is one of three decision trees.
inline MachineLearningSettings incident_settings(const std::string& kind) {
  MachineLearningSettings settings;
  settings.prediction = "severity";
  settings.features = {"kind", "tags", "confirmed", "amount", "discovered_date"};
  settings.types = {{"kind", "category"},
                    {"tags", "multi-select"},
                    {"confirmed", "boolean"},
                    {"amount", "number"},
                    {"discovered_date", "date"}};
  settings.algorithm = kind;
  for (const AlgorithmInfo& method : methods()) {
    if (method.kind != kind) continue;
    settings.algorithm = "decision_tree";
    settings.method = method.name;
    settings.learner_options[method.options.front().name] = "3";
  }
  return settings;
}

}  // namespace resml
