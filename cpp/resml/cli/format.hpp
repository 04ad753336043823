#pragma once

#include <string>
#include <vector>

#include "resml/metrics/score.hpp"

namespace resml {

// Filled up with blanks on the right, to that many characters.
std::string padded(std::string text, std::size_t width);

// A table, a line a row, two blanks between its columns; a column without a text is left out.
std::vector<std::string> aligned(const std::vector<std::vector<std::string>>& rows);

// A number as printf writes it: printed("%.4f", 0.5).
std::string printed(const char* format, double value);

// "0.7421  (95 %: 0.7323 to 0.7517)"
std::string with_interval(const Score& score);

// "3.1 us", "47 ms", "2.4 s", "3.1 min"
std::string duration_text(double seconds);

// "812 B", "24 kB", "1.3 MB"
std::string size_text(std::size_t bytes);

}  // namespace resml
