#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace resml {

// An allowed range, as the three functions make it; both ends belong to it unless `open_low`.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool open_low = false;
};
constexpr Range at_least(double low) { return {.low = low}; }
constexpr Range above(double low) { return {.low = low, .open_low = true}; }
constexpr Range between(double low, double high) { return {.low = low, .high = high}; }

// What an options struct tells about each of its fields, in each_field(visit): name, the field
// itself, range, meaning. From this one list come parsing, help and metadata.
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;
  virtual void operator()(std::string_view name, double& field, Range range,
                          std::string_view meaning) = 0;
  // A whole number, at most 2^53.
  virtual void operator()(std::string_view name, std::uint64_t& field, Range range,
                          std::string_view meaning) = 0;
};
using EachField = std::function<void(FieldVisitor&)>;

// One option, for help.
struct OptionInfo {
  std::string name;
  std::string default_value;  // as one would write it in ml.config
  std::string range;          // "at least 1", "above 0", "between 0 and 1"
  std::string meaning;
};

// Sets the fields named in `given` (a JSON object of numbers, or texts as in ml.config). InputError
// `<kind>: option "n_trees" must be at least 1, got 0`, `<kind>: unknown option "trees"; did you
// mean "n_trees"?`.
void parse_fields(std::string_view kind, const nlohmann::json& given, const EachField& each_field);

// All fields with their values, as a JSON object.
nlohmann::json fields_json(const EachField& each_field);

std::vector<OptionInfo> describe_fields(const EachField& each_field);

}  // namespace resml
