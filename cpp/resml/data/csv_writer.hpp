#pragma once

#include <span>
#include <string>

namespace resml {

// Appends one row to `out` in the "excel" dialect (OB-CSV-01): comma, quotes only where needed and
// doubled inside, CR LF.
void append_csv_row(std::string& out, std::span<const std::string> cells);

}  // namespace resml
