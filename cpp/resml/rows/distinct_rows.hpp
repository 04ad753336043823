#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "resml/rows/compact_rows.hpp"

namespace resml {

// Which rows are equal, in the order of their first occurrence.
struct DistinctRows {
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  std::vector<std::uint32_t> first_row;  // of each group, ascending
  std::vector<std::uint32_t> group_of;   // per row; kNone for a row of weight 0
};

// Rows are equal in every column and, unless `labels` is empty, in their label.
DistinctRows find_distinct_rows(const CompactRows& rows, std::span<const std::uint32_t> labels,
                                std::span<const double> weights);

}  // namespace resml
