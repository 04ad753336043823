#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace resml {

// One field of many incidents: each distinct cell once, and per row the place of its cell.
struct Column {
  std::string name;
  std::vector<std::string> values;   // distinct cell texts, in order of first appearance
  std::vector<std::uint32_t> codes;  // one per row, index into values
};

// Incidents as read: cells are the texts that Python's str() gives, "" and "None" for null.
// Column names are unique.
struct Table {
  std::vector<Column> columns;
  std::size_t n_rows = 0;  // == codes.size() of every column
};

// nullptr if there is none of that name.
const Column* find_column(const Table& table, std::string_view name);

// The rows `rows` (indices, in that order) of the named columns, which must exist.
Table select_rows(const Table& table, std::span<const std::string> columns,
                  std::span<const std::uint32_t> rows);

}  // namespace resml
