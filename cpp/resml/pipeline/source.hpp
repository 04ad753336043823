#pragma once

#include <string>

#include "resml/data/table.hpp"

namespace resml {

// Incidents as read, and where they came from.
struct Source {
  Table table;
  std::string name;    // for messages and the record
  std::string sha256;  // of the file
};

}  // namespace resml
