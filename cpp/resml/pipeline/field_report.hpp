#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/data/field_types.hpp"
#include "resml/platform/field_definitions.hpp"

namespace resml {

// What a CSV file says about one of its columns.
struct ColumnFacts {
  std::uint64_t n_rows = 0;
  std::uint64_t n_filled = 0;          // rows with a value
  std::optional<FieldKind> kind = {};  // from the cells, where the platform does not name one
  bool has_one_value_per_row = false;  // known of the same columns only
};

// Of every column of the file, in bounded memory but for columns without a kind in `fields`.
std::map<std::string, ColumnFacts> read_column_facts(const std::string& path,
                                                     const std::vector<FieldDefinition>& fields,
                                                     const FitContext& context);

// One field, and what it is worth as a feature.
struct FieldReport {
  std::string kind;                   // or the platform's input type where no kind is known yet
  std::optional<double> filled = {};  // fraction of rows; nothing without a file
  bool is_usable = true;
  std::string note = {};  // why not, or what to mind
};

// `facts` is nullptr without a file.
FieldReport report_field(const FieldDefinition& field,
                         const std::map<std::string, ColumnFacts>* facts);

}  // namespace resml
