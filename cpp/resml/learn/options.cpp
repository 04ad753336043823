#include "resml/learn/options.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "resml/base/error.hpp"

namespace resml {
namespace {

using nlohmann::json;

std::string range_text(Range range) {
  const bool low = std::isfinite(range.low);
  const bool high = std::isfinite(range.high);
  const std::string lowest = concat(range.open_low ? "above " : "at least ", range.low);
  if (low && high) return concat(lowest, " and at most ", range.high);
  if (low) return lowest;
  return high ? concat("at most ", range.high) : "any number";
}

class FieldParser final : public FieldVisitor {
 public:
  FieldParser(std::string_view kind, const json& given) : kind_(kind), given_(given) {}

  void operator()(std::string_view name, double& field, Range range, std::string_view) override {
    if (const json* value = take(name)) field = number(name, *value, range);
  }
  void operator()(std::string_view name, std::uint64_t& field, Range range,
                  std::string_view) override {
    const json* value = take(name);
    if (value == nullptr) return;
    const double number_given = number(name, *value, range);
    if (number_given != std::floor(number_given) || number_given < 0 || number_given > 0x1p53) {
      throw InputError(kind_, ": option ", quoted(name), ": expected a whole number, got ",
                       text_of(*value));
    }
    field = static_cast<std::uint64_t>(number_given);
  }

  void refuse_unknown() const {
    for (const auto& [name, value] : given_.items()) {
      if (std::find(names_.begin(), names_.end(), name) != names_.end()) continue;
      throw InputError(kind_, ": unknown option ", quoted(name), did_you_mean(name, names_));
    }
  }

 private:
  static std::string text_of(const json& value) {
    return value.is_string() ? quoted(value.get<std::string>()) : value.dump();
  }

  const json* take(std::string_view name) {
    names_.emplace_back(name);
    const auto found = given_.find(names_.back());
    return found == given_.end() ? nullptr : &*found;
  }

  double number(std::string_view name, const json& value, Range range) const {
    double parsed = 0;
    if (value.is_number()) {
      parsed = value.get<double>();
    } else if (!value.is_string() || !parse_double(trimmed(value.get<std::string>()), parsed)) {
      throw InputError(kind_, ": option ", quoted(name), ": expected a number, got ",
                       text_of(value));
    }
    const bool too_low = range.open_low ? parsed <= range.low : parsed < range.low;
    if (!std::isfinite(parsed) || too_low || parsed > range.high) {
      throw InputError(kind_, ": option ", quoted(name), " must be ", range_text(range), ", got ",
                       parsed);
    }
    return parsed;
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
    add(name, concat(field), range, meaning);
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
