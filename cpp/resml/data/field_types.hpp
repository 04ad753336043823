#pragma once

#include <string>
#include <string_view>

#include "resml/data/table.hpp"

namespace resml {

enum class FieldKind { Category, MultiSelect, Boolean, Number, Date, Text };

struct FieldType {
  FieldKind kind = FieldKind::Category;
  std::string reason;  // why, for the user: "12 distinct texts", "set by types"
};

// "category", "multi-select", "boolean", "number", "date", "text".
std::string_view kind_name(FieldKind kind);

// The other way; InputError "place: ..." lists the names.
FieldKind parse_kind(std::string_view name, std::string_view place);

// When an incident was created: other dates are encoded by their age against it, and it is what a
// split by time goes by.
constexpr const char* kCreateDate = "create_date";

// The kind of a column from its name and its cells (the rules are in docs/guide.md, "What a cell
// means"). Costs one pass over the distinct cells.
FieldType infer_field_type(const Column& column);

}  // namespace resml
