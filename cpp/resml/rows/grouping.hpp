#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace resml {

// Rows that are equal in every column, found once.
struct Groups {
  std::vector<std::uint32_t> first_row;  // ascending: the first row of each group
  std::vector<std::uint64_t> counts;     // rows in the group
};

// `columns` hold one code per row each and are equally long (at least one column).
Groups group_rows(std::span<const std::span<const std::uint32_t>> columns);

}  // namespace resml
