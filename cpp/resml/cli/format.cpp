#include "resml/cli/format.hpp"

#include <array>
#include <cstdio>

#include "resml/base/text.hpp"

namespace resml {
namespace {

// Two significant digits, no exponent.
std::string two_digits(double value) { return printed(value < 10 ? "%.1f" : "%.0f", value); }

}  // namespace

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
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
