#include "resml/platform/field_definitions.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"
#include "resml/base/utf8.hpp"
#include "resml/platform/json_answer.hpp"

namespace resml {
namespace {

using Json = nlohmann::ordered_json;  // in the server's order

constexpr std::string_view kTarget = "/types/incident";
constexpr std::size_t kMaxFields = 10'000;
constexpr std::size_t kMaxNameBytes = 128;
constexpr std::size_t kMaxLabelBytes = 400;

constexpr std::array<std::pair<std::string_view, FieldKind>, 9> kKinds = {
    {{"boolean", FieldKind::Boolean},
     {"select", FieldKind::Category},
     {"select_owner", FieldKind::Category},
     {"select_user", FieldKind::Category},
     {"multiselect", FieldKind::MultiSelect},
     {"multiselect_members", FieldKind::MultiSelect},
     {"number", FieldKind::Number},
     {"datepicker", FieldKind::Date},
     {"datetimepicker", FieldKind::Date}}};

// Escaped and bounded: labels go to the terminal.
std::string shown_label(std::string_view label) {
  const std::string whole = escaped(label);
  const std::string_view shown = shortened(whole, kMaxLabelBytes);
  return std::string(shown) + (shown.size() < whole.size() ? "..." : "");
}

// Why a name cannot be that of a column; empty if it can.
std::string name_fault(std::string_view name) {
  if (name.empty()) return "has no name";
  if (name.size() > kMaxNameBytes)
    return concat("has a name longer than ", kMaxNameBytes, " bytes");
  if (has_control(name)) return "has control characters in its name";
  if (name.find_first_of("/\\") != std::string_view::npos) return "has a path as its name";
  return "";
}

// As the cell of the value is written.
std::string cell_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  return value.is_number_integer() ? value.dump() : "";
}

std::vector<FieldValue> values_of(const Json& field) {
  std::vector<FieldValue> values;
  for (const auto& [cell, key] : {std::pair("True", "label_true"), {"False", "label_false"}}) {
    const std::string label = text_under(field, key);
    if (!label.empty()) values.push_back({.value = cell, .label = shown_label(label)});
  }
  const auto listed = field.find("values");
  if (listed == field.end() || !listed->is_array()) return values;
  for (const Json& entry : *listed) {
    if (!entry.is_object() || !entry.contains("value")) continue;
    std::string cell = cell_of(entry["value"]);
    if (cell.empty()) continue;
    values.push_back({.value = std::move(cell),
                      .label = shown_label(text_under(entry, "label")),
                      .enabled = !entry.contains("enabled") || entry["enabled"] != false});
  }
  return values;
}

FieldDefinition definition_of(const Json& field, std::string name) {
  FieldDefinition definition{.name = std::move(name),
                             .label = shown_label(text_under(field, "text")),
                             .input_type = shown_label(text_under(field, "input_type")),
                             .prefix = shown_label(text_under(field, "prefix"))};
  definition.kind = kind_of_input(definition.input_type);
  definition.values = values_of(field);
  return definition;
}

// The fields of either answer, an object by name or a list.
const Json& fields_of(const Json& answer) {
  const Json* fields = &answer;
  if (answer.is_object() && answer.contains("fields")) fields = &answer["fields"];
  if (!fields->is_array() && !(fields->is_object() && fields != &answer))
    throw RemoteError("GET ", kTarget, ": expected the fields of incidents, got something else");
  if (fields->size() > kMaxFields)
    throw RemoteError("GET ", kTarget, ": expected at most ", kMaxFields, " fields, got ",
                      fields->size());
  return *fields;
}

}  // namespace

std::optional<FieldKind> kind_of_input(std::string_view input_type) {
  for (const auto& [name, kind] : kKinds) {
    if (input_type == name) return kind;
  }
  // A single line may be one of few words or prose: the cells tell. "text" is left to them.
  if (input_type == "textarea") return FieldKind::Text;
  return std::nullopt;
}

FieldDefinitions parse_field_definitions(std::string_view json) {
  const Json answer = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  FieldDefinitions definitions;
  std::set<std::string> seen;
  for (const auto& [key, field] : fields_of(answer).items()) {
    if (!field.is_object())
      throw RemoteError("GET ", kTarget, ": field ", quoted(key), ": expected an object, got ",
                        field.type_name());
    std::string name = text_under(field, "name");
    std::string fault = name_fault(name);
    if (fault.empty() && !seen.insert(name).second) fault = "is there twice";
    if (fault.empty()) {
      definitions.fields.push_back(definition_of(field, std::move(name)));
    } else {
      definitions.warnings.push_back(concat("field ", quoted(name), " ", fault, "; left out"));
    }
  }
  return definitions;
}

FieldDefinitions fetch_field_definitions(PlatformApi& api) {
  return parse_field_definitions(api.get(kTarget));
}

std::vector<std::string> field_names(const FieldDefinitions& definitions) {
  std::vector<std::string> names;
  for (const FieldDefinition& field : definitions.fields) names.push_back(field.name);
  return names;
}

const FieldDefinition* find_field(std::span<const FieldDefinition> fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const FieldDefinition& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

std::string_view label_of(const FieldDefinition& field, std::string_view cell) {
  const auto found = std::find_if(field.values.begin(), field.values.end(),
                                  [&](const FieldValue& value) { return value.value == cell; });
  return found == field.values.end() ? std::string_view() : std::string_view(found->label);
}

}  // namespace resml
