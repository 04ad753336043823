#pragma once

#include <vector>

#include "resml/rows/compact_rows.hpp"

namespace resml {

// Rows that differ in some column, whatever their labels.
struct MergedRows {
  CompactRows rows;             // in the order of their first occurrence; numbers bounded
  std::vector<double> weights;  // summed over the labels; rows of weight 0 are left out
};

MergedRows merge_equal_rows(const TrainingSet& set);

}  // namespace resml
