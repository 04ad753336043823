#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "resml/learn/bit_counters.hpp"
#include "resml/learn/nearest_rows.hpp"
#include "resml/rows/compact_rows.hpp"

namespace resml {

// Finds the nearest of many rows: squared Euclidean distance over indicators (0 or 1) and numbers.
// Rows stand in blocks of up to 64 similar ones. What a query has in common with the rows of a
// block is counted for all of them at once, and so is what it can have in common with 64 blocks:
// most blocks are never looked at. The result does not depend on how the rows are parted.
class NeighborIndex {
 public:
  static constexpr std::size_t kMostRows = 64;  // of a block

  // Block b has the rows starts[b] .. starts[b + 1] - 1.
  NeighborIndex(CompactRows rows, std::vector<std::uint32_t> starts);

  const CompactRows& rows() const { return rows_; }
  const std::vector<std::uint32_t>& starts() const { return starts_; }

  // Memory of a search that the next one uses again; all 0 between searches.
  struct Scratch {
    explicit Scratch(const NeighborIndex& index) : is_on(index.rows().n_indicators, 0) {}

    std::vector<char> is_on;  // by indicator of the query
    std::vector<BitCounters> in_blocks;
    std::vector<std::uint32_t> blocks;
  };
  // Adds to `nearest` the rows that belong there.
  void search(const CompactRows& queries, std::size_t query, Scratch& scratch,
              NearestRows& nearest) const;

 private:
  using Members = std::uint64_t;  // bit i: row i of the block
  struct Column {
    std::uint32_t index = 0;
    Members on = 0;
  };
  struct Size {  // of rows: their active indicators
    std::uint32_t size = 0;
    Members rows = 0;
  };
  struct Query {
    std::span<const std::uint32_t> active;
    std::vector<double> numbers;  // bounded
  };

  std::size_t n_blocks() const { return starts_.size() - 1; }
  void add_block(std::size_t block, std::vector<std::uint32_t>& place_of_column);
  void count_in_blocks(const Query& query, Scratch& scratch) const;
  void list_blocks(std::uint64_t common, Scratch& scratch) const;
  double bound(std::uint32_t block, std::uint64_t common, const Query& query) const;
  double number_bound(std::uint32_t block, const Query& query) const;
  void search_block(std::uint32_t block, const Query& query, const Scratch& scratch,
                    NearestRows& nearest) const;

  CompactRows rows_;
  std::vector<std::uint32_t> starts_;

  // Made from the above.
  std::vector<std::uint32_t> column_starts_{0};  // by block
  std::vector<Column> columns_;                  // that are on in some row of the block
  std::vector<std::uint32_t> size_starts_{0};    // by block
  std::vector<Size> sizes_;                      // those that occur in the block
  std::uint64_t smallest_size_ = 0;
  std::vector<double> lows_;                // blocks x numbers
  std::vector<double> highs_;               // likewise
  std::vector<double> numbers_;             // of a block, number by number, side by side
  std::size_t n_words_ = 0;                 // of 64 blocks each
  std::vector<std::uint64_t> blocks_with_;  // by indicator, by block
};

}  // namespace resml
