#include "resml/data/csv_writer.hpp"

namespace resml {
namespace {

void append_cell(std::string& out, const std::string& cell, bool needs_quotes) {
  if (!needs_quotes && cell.find_first_of(",\"\r\n") == std::string::npos) {
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
  // Readers skip a blank line.
  const bool is_blank = cells.size() == 1 && cells[0].find_first_not_of(" \t") == std::string::npos;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += ',';
    append_cell(out, cells[i], is_blank);
  }
  out += "\r\n";
}

}  // namespace resml
