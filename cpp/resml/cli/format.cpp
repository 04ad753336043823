#include "resml/cli/format.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "resml/base/text.hpp"
#include "resml/base/utf8.hpp"

namespace resml {
namespace {

// Two significant digits, no exponent.
std::string two_digits(double value) { return printed(value < 10 ? "%.1f" : "%.0f", value); }

}  // namespace

std::string padded(std::string text, std::size_t width) {
  const std::size_t n = count_characters(text);
  if (n < width) text.append(width - n, ' ');
  return text;
}

std::vector<std::string> aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], count_characters(row[i]));
  }
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (widths[i] > 0) line += padded(row[i], widths[i] + 2);
    }
    line.resize(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string printed(const char* format, double value) {
  std::array<char, 64> buffer{};
  const int n = std::snprintf(buffer.data(), buffer.size(), format, value);
  return {buffer.data(), static_cast<std::size_t>(n)};
}

std::string with_interval(const Score& score) {
  return concat(printed("%.4f", score.value), "  (95 %: ", printed("%.4f", score.low), " to ",
                printed("%.4f", score.high), ")");
}

std::string duration_text(double seconds) {
  if (seconds < 1e-3) return two_digits(seconds * 1e6) + " us";
  if (seconds < 1) return two_digits(seconds * 1e3) + " ms";
  if (seconds < 100) return two_digits(seconds) + " s";
  return two_digits(seconds / 60) + " min";
}

std::string size_text(std::size_t bytes) {
  const auto size = static_cast<double>(bytes);
  if (size < 1e3) return concat(bytes, " B");
  if (size < 1e6) return two_digits(size / 1e3) + " kB";
  return two_digits(size / 1e6) + " MB";
}

}  // namespace resml
