#include "resml/data/csv_writer.hpp"

namespace resml {
namespace {

void append_cell(std::string& out, const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace

void append_csv_row(std::string& out, std::span<const std::string> cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += ',';
    append_cell(out, cells[i]);
  }
  // A row of one empty cell would be a blank line, which readers skip.
  if (cells.size() == 1 && cells[0].empty()) out += "\"\"";
  out += "\r\n";
}

}  // namespace resml
