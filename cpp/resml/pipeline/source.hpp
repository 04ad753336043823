#pragma once

#include <string>
#include <vector>

#include "resml/data/table.hpp"
#include "resml/platform/field_definitions.hpp"

namespace resml {

// Incidents as read, and where they came from.
struct Source {
  Table table;
  std::string name;                          // for messages and the record
  std::string sha256;                        // of the file
  std::vector<FieldDefinition> fields = {};  // as the platform defines them, where that is known
};

}  // namespace resml
