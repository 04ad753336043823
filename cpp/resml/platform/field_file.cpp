#include "resml/platform/field_file.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"
#include "resml/platform/json_answer.hpp"

namespace resml {
namespace {

using Json = nlohmann::ordered_json;  // in the server's order

constexpr JsonFile kFile = {.what = "the fields of a download",
                            .format = 1,
                            .remedy = "; download again, or remove the file"};

// The text under `key`, empty if there is none.
std::string text_of(const Json& object, const char* key, const std::string& place) {
  const auto found = object.find(key);
  if (found == object.end()) return "";
  if (!found->is_string()) {
    throw InputError(place, ": key ", quoted(key), ": expected a text, got ", found->type_name());
  }
  return found->get<std::string>();
}

Json encode_values(const std::vector<FieldValue>& values) {
  Json list = Json::array();
  for (const FieldValue& value : values) {
    list.push_back({{"value", value.value}, {"label", value.label}, {"enabled", value.enabled}});
  }
  return list;
}

// The list under `key`, each of its entries an object; an empty one if there is none.
Json objects_of(const Json& object, const char* key, const std::string& place) {
  const auto found = object.find(key);
  if (found == object.end()) return Json::array();
  if (!found->is_array() ||
      !std::all_of(found->begin(), found->end(), [](const Json& one) { return one.is_object(); })) {
    throw InputError(place, ": key ", quoted(key), ": expected a list of objects");
  }
  return *found;
}

FieldDefinition decode_field(const Json& object, const std::string& place) {
  FieldDefinition field{.name = text_of(object, "name", place),
                        .label = text_of(object, "label", place),
                        .input_type = text_of(object, "input_type", place),
                        .prefix = text_of(object, "prefix", place)};
  if (field.name.empty()) throw InputError(place, ": a field has no name");
  const std::string kind = text_of(object, "kind", place);
  if (!kind.empty())
    field.kind = parse_kind(kind, concat(place, ": kind of field ", quoted(field.name)));
  for (const Json& value : objects_of(object, "values", place)) {
    field.values.push_back({.value = text_of(value, "value", place),
                            .label = text_of(value, "label", place),
                            .enabled = !value.contains("enabled") || value["enabled"] != false});
  }
  return field;
}

}  // namespace

std::string field_file_of(const std::string& csv) { return csv + ".fields.json"; }

std::string encode_fields(const std::vector<FieldDefinition>& fields) {
  Json list = Json::array();
  for (const FieldDefinition& field : fields) {
    Json entry = {{"name", field.name},
                  {"label", field.label},
                  {"input_type", field.input_type},
                  {"prefix", field.prefix},
                  {"kind", field.kind ? kind_name(*field.kind) : ""}};
    if (!field.values.empty()) entry["values"] = encode_values(field.values);
    list.push_back(std::move(entry));
  }
  const Json all = {{"format", kFile.format}, {"fields", std::move(list)}};
  return all.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::vector<FieldDefinition> decode_fields(const std::string& text, const std::string& place) {
  const Json all = parse_json_file(text, place, kFile);
  std::vector<FieldDefinition> fields;
  std::set<std::string> seen;
  for (const Json& object : objects_of(all, "fields", place)) {
    fields.push_back(decode_field(object, place));
    if (!seen.insert(fields.back().name).second) {
      throw InputError(place, ": field ", quoted(fields.back().name), " is there twice");
    }
  }
  return fields;
}

std::vector<FieldDefinition> read_fields_beside(const std::string& csv) {
  const std::string path = field_file_of(csv);
  const auto text = read_json_file(path, kFile);
  return text ? decode_fields(*text, path) : std::vector<FieldDefinition>();
}

}  // namespace resml
