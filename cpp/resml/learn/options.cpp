#include "resml/learn/options.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "resml/base/error.hpp"

namespace resml {
namespace {

using nlohmann::json;

constexpr double kLargestWholeNumber = 0x1p53;  // beyond, doubles skip some

std::string range_text(Range range) {
  const std::string low = number_text(range.low);
  const std::string high = number_text(range.high);
  if (!std::isfinite(range.low)) return "at most " + high;
  if (!std::isfinite(range.high)) return (range.open_low ? "above " : "at least ") + low;
  return "between " + low + " and " + high;
}

// A number as given: as such, or as text. False if it is neither.
bool read_number(const json& value, double& number) {
  if (value.is_number()) {
    number = value.get<double>();
    return std::isfinite(number);
  }
  if (!value.is_string()) return false;
  const auto parsed = parse_number(trimmed(value.get_ref<const std::string&>()));
  if (parsed) number = *parsed;
  return parsed.has_value();
}

std::string given_text(const json& value) {
  if (value.is_string()) return quoted(value.get_ref<const std::string&>());
  const std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return value.is_structured() ? quoted(text) : text;
}

class FieldParser final : public FieldVisitor {
 public:
  FieldParser(std::string_view kind, const json& given) : kind_(kind), given_(given) {
    if (!given.is_object()) {
      throw InputError(kind, ": expected options by name, got ", given_text(given));
    }
  }

  void operator()(std::string_view name, double& field, Range range, std::string_view) override {
    const json* value = take(name);
    if (value == nullptr) return;
    double number = 0;
    if (!read_number(*value, number)) refuse(name, "number", *value);
    check_range(name, number, range);
    field = number;
  }
  void operator()(std::string_view name, std::uint64_t& field, Range range,
                  std::string_view) override {
    const json* value = take(name);
    if (value == nullptr) return;
    double number = 0;
    if (!read_number(*value, number) || number != std::floor(number)) {
      refuse(name, "whole number", *value);
    }
    check_range(name, number, range);
    check_range(name, number, {.high = kLargestWholeNumber});
    field = static_cast<std::uint64_t>(number);
  }

  void refuse_unknown() const {
    for (const auto& [name, value] : given_.items()) {
      if (std::find(names_.begin(), names_.end(), name) != names_.end()) continue;
      throw InputError(kind_, ": unknown option ", quoted(name),
                       did_you_mean(name, names_, "options"));
    }
  }

 private:
  const json* take(std::string_view name) {
    names_.emplace_back(name);
    const auto found = given_.find(names_.back());
    return found == given_.end() ? nullptr : &*found;
  }

  [[noreturn]] void refuse(std::string_view name, std::string_view expected,
                           const json& value) const {
    throw InputError(kind_, ": option ", quoted(name), ": expected a ", expected, ", got ",
                     given_text(value));
  }

  void check_range(std::string_view name, double number, Range range) const {
    const bool too_low = range.open_low ? number <= range.low : number < range.low;
    if (too_low || number > range.high) {
      throw InputError(kind_, ": option ", quoted(name), " must be ", range_text(range), ", got ",
                       number_text(number));
    }
  }

  std::string_view kind_;
  const json& given_;
  std::vector<std::string> names_;
};

class FieldWriter final : public FieldVisitor {
 public:
  void operator()(std::string_view name, double& field, Range, std::string_view) override {
    fields[std::string(name)] = field;
  }
  void operator()(std::string_view name, std::uint64_t& field, Range, std::string_view) override {
    fields[std::string(name)] = field;
  }
  json fields = json::object();
};

class FieldDescriber final : public FieldVisitor {
 public:
  void operator()(std::string_view name, double& field, Range range,
                  std::string_view meaning) override {
    add(name, number_text(field), range, meaning);
  }
  void operator()(std::string_view name, std::uint64_t& field, Range range,
                  std::string_view meaning) override {
    add(name, concat(field), range, meaning);
  }
  std::vector<OptionInfo> options;

 private:
  void add(std::string_view name, std::string value, Range range, std::string_view meaning) {
    options.push_back(
        {std::string(name), std::move(value), range_text(range), std::string(meaning)});
  }
};

}  // namespace

void parse_fields(std::string_view kind, const json& given, const EachField& each_field) {
  FieldParser parser(kind, given);
  each_field(parser);
  parser.refuse_unknown();
}

json fields_json(const EachField& each_field) {
  FieldWriter writer;
  each_field(writer);
  return writer.fields;
}

std::vector<OptionInfo> describe_fields(const EachField& each_field) {
  FieldDescriber describer;
  each_field(describer);
  return describer.options;
}

}  // namespace resml
