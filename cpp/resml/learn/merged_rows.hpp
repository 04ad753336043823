#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "resml/rows/compact_rows.hpp"

namespace resml {

// Rows that differ in some column, whatever their labels.
struct MergedRows {
  CompactRows rows;             // in the order of their first occurrence; numbers bounded
  std::vector<double> weights;  // summed over the labels; rows of weight 0 are left out
  // By given row: where it went in `rows`; kLeftOut for a row of weight 0.
  std::vector<std::uint32_t> place_of;

  static constexpr std::uint32_t kLeftOut = std::numeric_limits<std::uint32_t>::max();
};

MergedRows merge_equal_rows(const TrainingSet& set);

}  // namespace resml
