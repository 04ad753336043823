#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "resml/data/table.hpp"
#include "resml/pipeline/source.hpp"
#include "resml/settings/machine_learning_settings.hpp"

namespace resml {

// What became of the rows of a file: read == used + everything dropped.
struct RowCounts {
  std::uint64_t read = 0;
  std::uint64_t no_label = 0;                                   // the predicted field is empty
  std::uint64_t missing_feature = 0;                            // only with missing = drop
  std::vector<std::pair<std::string, std::uint64_t>> unwanted;  // value -> rows
  std::uint64_t rare = 0;                // rows of classes with one row, with rare_values = drop
  std::vector<std::string> rare_values;  // classes with one row, whatever became of them
  std::uint64_t used = 0;
};

// ", 2 without severity_code, 3 with a missing feature": what was read and is not used; empty if it
// all is.
std::string left_out(const RowCounts& rows, const std::string& prediction);

// Distinct incidents with a known label, each with the number of rows that are equal to it.
struct Samples {
  Table table;                        // one row per distinct incident
  std::vector<std::uint32_t> labels;  // one per row, index into classes
  std::vector<std::uint64_t> counts;  // one per row, >= 1
  std::vector<bool> is_newest;        // with split_by = time, one per row: to be held out
  std::vector<std::string> classes;   // distinct labels, sorted
  RowCounts rows;
};

// The columns that a build reads: the features and the prediction; and create_date where it must or
// may be there, for the split by time or the age of other dates. `fields` as in Source.
std::vector<std::string> columns_to_read(const MachineLearningSettings& settings);
std::vector<std::string> columns_if_present(const MachineLearningSettings& settings,
                                            std::span<const FieldDefinition> fields);

// Drops what the settings say, then groups equal rows: rows without label, unwanted values, missing
// features, rare values. Split by time, rows of the newest share are groups of their own.
// InputError if nothing is left (it says which step dropped how many), if only one class is left,
// or for a rare value with rare_values = error. `settings.algorithm` is the name as the registry
// writes it.
Samples make_samples(const Source& source, const MachineLearningSettings& settings);

}  // namespace resml
