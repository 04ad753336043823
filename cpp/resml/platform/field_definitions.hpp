#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "resml/data/field_types.hpp"
#include "resml/platform/platform_api.hpp"

namespace resml {

// One value of a select field. `value` is the text of its cell: "4", "A"; of a boolean field "True"
// and "False".
struct FieldValue {
  std::string value;
  std::string label;
  bool enabled = true;
};

// A field of the incident as the platform defines it. Labels have no control characters.
struct FieldDefinition {
  std::string name;        // "severity_code", the key in the incident and the column
  std::string label;       // "Severity"
  std::string input_type;  // "select"
  std::string prefix;      // "properties" of custom fields, "gdpr", ...; empty of built-in ones
  std::optional<FieldKind> kind = {};  // nothing where the cells have to tell
  std::vector<FieldValue> values = {};
};

struct FieldDefinitions {
  std::vector<FieldDefinition> fields;  // in the server's order; names are unique
  std::vector<std::string> warnings;    // fields that were left out, and why
};

// The kind of a column from the platform's input type.
std::optional<FieldKind> kind_of_input(std::string_view input_type);

// From the answer of /types/incident or /types/incident/fields. A field whose name cannot be a
// column (a path, control characters, too long, there twice) is left out with a warning.
// RemoteError if the answer is not of that shape.
FieldDefinitions parse_field_definitions(std::string_view json);

FieldDefinitions fetch_field_definitions(PlatformApi& api);

std::vector<std::string> field_names(const FieldDefinitions& definitions);

// nullptr if there is none of that name.
const FieldDefinition* find_field(std::span<const FieldDefinition> fields, std::string_view name);

// The label of a cell of that field; empty where the platform names none.
std::string_view label_of(const FieldDefinition& field, std::string_view cell);

}  // namespace resml
