#pragma once

#include <string>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/data/table.hpp"
#include "resml/platform/field_definitions.hpp"
#include "resml/settings/machine_learning_settings.hpp"

namespace resml {

// Incidents as read, and where they came from.
struct Source {
  Table table;
  std::string name;                          // for messages and the record
  std::string sha256;                        // of the file
  std::vector<FieldDefinition> fields = {};  // as the platform defines them, where that is known
};

// The columns of a CSV file that a build with these settings needs, and the fields beside it.
Source read_source(const std::string& path, const MachineLearningSettings& settings,
                   const FitContext& context);

}  // namespace resml
