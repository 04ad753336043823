#pragma once

#include <string>
#include <vector>

#include "resml/platform/field_definitions.hpp"

namespace resml {

// What the platform says about the columns of a CSV file, kept beside it as NAME.csv.fields.json.
std::string field_file_of(const std::string& csv);

std::string encode_fields(const std::vector<FieldDefinition>& fields);
// InputError with `place` for a text that is something else.
std::vector<FieldDefinition> decode_fields(const std::string& text, const std::string& place);

// Of the file beside `csv`; empty where there is none.
std::vector<FieldDefinition> read_fields_beside(const std::string& csv);

}  // namespace resml
