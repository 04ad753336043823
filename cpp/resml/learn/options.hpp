#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace resml {

// An allowed range, both ends included unless `open_low`.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool open_low = false;
};
constexpr Range at_least(double low) { return {.low = low}; }
constexpr Range above(double low) { return {.low = low, .open_low = true}; }
constexpr Range between(double low, double high) { return {.low = low, .high = high}; }

// One option as its struct declares it, for help and metadata.
struct OptionInfo {
  std::string name;
  std::string type;           // "number", "integer", "true/false"
  std::string default_value;  // as one would write it in ml.config
  std::string range;          // ">= 1", "" = any
  std::string meaning;
};

// An options struct lists its fields once, in each_field(visit): visit(name, field, range,
// meaning). From that list come these three.

// Sets the fields named in `given` (numbers, booleans, or texts as in ml.config). InputError
// `<kind>: option "n_trees" must be at least 1, got 0`, `<kind>: unknown option "trees"; did you
// mean "n_trees"?`.
template <class Options>
Options parse_options(std::string_view kind, const nlohmann::json& given);

// All fields with their values, as a JSON object.
template <class Options>
nlohmann::json options_json(const Options& options);

template <class Options>
std::vector<OptionInfo> describe_options();

}  // namespace resml
