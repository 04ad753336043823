#pragma once

#include <cstdint>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/rows/compact_rows.hpp"

namespace resml {

// Rows parted into blocks of similar ones.
struct BlockOrder {
  std::vector<std::uint32_t> rows;    // all, block after block
  std::vector<std::uint32_t> starts;  // of the blocks, and the end
};

// Parts the rows by the column that varies most among them, a number at its median, and so on until
// no part has more than `most` rows (Bentley, "Multidimensional binary search trees used for
// associative searching", CACM 18, 1975; only the leaves are kept).
BlockOrder order_in_blocks(const CompactRows& rows, std::size_t most, const FitContext& context);

}  // namespace resml
