#pragma once

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
  bool append(std::string_view cell);
  Column finish() && { return std::move(column_); }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t code = kFree;
  };
  static constexpr std::uint32_t kFree = 0xffffffff;

  std::uint32_t code_of(std::string_view cell);
  void grow();

  Column column_;
  std::vector<Slot> slots_;  // open addressing, at most half full; made with the second value
};

}  // namespace resml
