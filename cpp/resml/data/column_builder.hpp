#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "resml/data/table.hpp"

namespace resml {

// Makes a column cell by cell: a cell's text is kept only the first time it occurs.
class ColumnBuilder {
 public:
  explicit ColumnBuilder(std::string name) { column_.name = std::move(name); }

  // Whether the cell is a new one.
  bool append(std::string_view cell) { return append(cell, cell.size()); }
  // The same, faster where at least 16 bytes can be read from the begin of the cell.
  bool append(std::string_view cell, std::size_t n_readable);
  Column finish() && { return std::move(column_); }

 private:
  // Up to 16 bytes the two words and the size are the text itself, so that a short cell is found
  // without a look at `values`; of a longer text they are a hash.
  struct Slot {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint32_t size = 0;
    std::uint32_t code = kFree;
  };
  static constexpr std::uint32_t kFree = 0xffffffff;

  static Slot slot_of(std::string_view cell, std::size_t n_readable);
  std::size_t home_of(const Slot& slot) const;
  bool holds(const Slot& slot, const Slot& wanted, std::string_view cell) const;
  void grow();

  Column column_;
  std::size_t last_slot_ = 0;  // slots_.size() - 1
  std::vector<Slot> slots_;    // open addressing, at most half full; made with the first cell
};

}  // namespace resml
