#include "resml/data/incident_cells.hpp"

#include <nlohmann/json.hpp>

#include "resml/base/error.hpp"
#include "resml/data/column_builder.hpp"
#include "resml/data/python_text.hpp"

namespace resml {
namespace {

using nlohmann::json;

// The value under `name` in the object `parent`; nullptr if there is none or no object.
const json* member(const json& parent, const std::string& name) {
  if (!parent.is_object()) return nullptr;
  const auto found = parent.find(name);
  return found == parent.end() ? nullptr : &*found;
}

const json* member(const json& incident, const char* parent, const std::string& name) {
  const json* object = member(incident, parent);
  return object == nullptr ? nullptr : member(*object, name);
}

// A cell is written by functions that call themselves; no real field comes near.
constexpr int kMaxDepth = 100;

std::string nested_text(const json& value, int depth);

std::string object_text(const json& object, int depth) {
  std::string out = "{";
  for (const auto& [key, value] : object.items()) {
    if (out.size() > 1) out += ", ";
    out += python_repr(key) + ": " + nested_text(value, depth);
  }
  return out + "}";
}

// As repr() writes it: what stands inside a list or an object.
std::string nested_text(const json& value, int depth) {
  if (depth > kMaxDepth) throw InputError("nested deeper than ", kMaxDepth, " levels");
  switch (value.type()) {
    case json::value_t::string:
      return python_repr(value.get_ref<const std::string&>());
    case json::value_t::boolean:
      return value.get<bool>() ? "True" : "False";
    case json::value_t::number_float:
      return python_float(value.get<double>());
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
      return value.dump();
    case json::value_t::object:
      return object_text(value, depth + 1);
    case json::value_t::array: {
      std::string out = "[";
      for (const json& entry : value) {
        if (out.size() > 1) out += ", ";
        out += nested_text(entry, depth + 1);
      }
      return out + "]";
    }
    default:
      return "None";
  }
}

}  // namespace

std::string incident_cell(const json& incident, const std::string& name) {
  const json* value = member(incident, name);
  if (value == nullptr) value = member(incident, kIncidentSections.front(), name);
  for (const char* parent : std::span(kIncidentSections).subspan<1>()) {
    if (value != nullptr && !value->is_null()) break;
    value = member(incident, parent, name);
  }
  if (value == nullptr) return "None";
  if (value->is_string()) return value->get<std::string>();
  try {
    return nested_text(*value, 0);
  } catch (const InputError& error) {
    throw InputError("incident: field ", quoted(name), ": ", error.what());
  }
}

std::set<std::string, std::less<>> members_looked_at(std::span<const std::string> names) {
  std::set<std::string, std::less<>> members(names.begin(), names.end());
  members.insert("id");
  members.insert(kIncidentSections.begin(), kIncidentSections.end());
  return members;
}

Table incidents_table(std::span<const json> incidents, std::span<const std::string> names) {
  for (std::size_t i = 0; i < incidents.size(); ++i) {
    if (!incidents[i].is_object()) {
      throw InputError("incident ", i + 1, ": expected an object, got ", incidents[i].type_name());
    }
  }
  Table table{.columns = {}, .n_rows = incidents.size()};
  for (const std::string& name : names) {
    ColumnBuilder column(name);
    for (const json& incident : incidents) column.append(incident_cell(incident, name));
    table.columns.push_back(std::move(column).finish());
  }
  return table;
}

}  // namespace resml
