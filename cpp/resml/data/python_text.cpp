#include "resml/data/python_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "resml/base/text.hpp"

namespace resml {
namespace {

// Controls, formats, blanks but the ordinary one, surrogates and private use (Unicode 14: general
// categories Cc, Cf, Zs, Zl, Zp, Cs, Co), first and last.
constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 29> kUnprintable = {
    {{0x0, 0x1f},         {0x7f, 0xa0},       {0xad, 0xad},       {0x600, 0x605},
     {0x61c, 0x61c},      {0x6dd, 0x6dd},     {0x70f, 0x70f},     {0x890, 0x891},
     {0x8e2, 0x8e2},      {0x1680, 0x1680},   {0x180e, 0x180e},   {0x2000, 0x200f},
     {0x2028, 0x202f},    {0x205f, 0x2064},   {0x2066, 0x206f},   {0x3000, 0x3000},
     {0xd800, 0xf8ff},    {0xfeff, 0xfeff},   {0xfff9, 0xfffb},   {0x110bd, 0x110bd},
     {0x110cd, 0x110cd},  {0x13430, 0x13438}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
     {0xe0001, 0xe0001},  {0xe0020, 0xe007f}, {0xf0000, 0xffffd}, {0x100000, 0x10fffd},
     {0x110000, 0x1fffff}}};

bool is_printable(std::uint32_t code) {
  return std::none_of(kUnprintable.begin(), kUnprintable.end(), [&](const auto& range) {
    return range.first <= code && code <= range.second;
  });
}

// The character that `text` begins with; `length` becomes its bytes. The text is valid UTF-8; of
// any other, no byte beyond its end is read.
std::uint32_t first_character(std::string_view text, std::size_t& length) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  length = std::min(length, text.size());
  if (length == 1) return first;
  std::uint32_t code = first & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) code = code << 6 | (byte(i) & 0x3fU);
  return code;
}

void append_hexadecimal(std::string& out, std::uint32_t code) {
  const int n_digits = code <= 0xff ? 2 : code <= 0xffff ? 4 : 8;
  out += n_digits == 2 ? "\\x" : n_digits == 4 ? "\\u" : "\\U";
  for (int shift = 4 * (n_digits - 1); shift >= 0; shift -= 4)
    out += kHexDigits[(code >> shift) & 15];
}

}  // namespace

std::string python_repr(std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string out(1, quote);
  for (std::size_t length = 1; !text.empty(); text.remove_prefix(length)) {
    const std::uint32_t code = first_character(text, length);
    const char c = text[0];
    if (c == quote || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (is_printable(code)) {
      out += text.substr(0, length);
    } else {
      append_hexadecimal(out, code);
    }
  }
  return out + quote;
}

std::string python_float(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::array<char, 400> buffer{};
  const auto scientific = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                        std::chars_format::scientific);
  const std::string_view text(buffer.data(),
                              static_cast<std::size_t>(scientific.ptr - buffer.data()));
  const int exponent = std::atoi(std::string(text.substr(text.find('e') + 1)).c_str());
  // Python writes 16 digits before the point and 4 zeros after it before it turns to exponents;
  // to_chars writes an exponent with two digits at least, as Python does.
  if (exponent < -4 || exponent >= 16) return std::string(text);
  const auto fixed =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  std::string out(buffer.data(), static_cast<std::size_t>(fixed.ptr - buffer.data()));
  if (out.find('.') == std::string::npos) out += ".0";
  return out;
}

}  // namespace resml
