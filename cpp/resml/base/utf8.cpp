#include "resml/base/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace resml {
namespace {

bool is_between(unsigned char byte, unsigned char low, unsigned char high) {
  return low <= byte && byte <= high;
}

// Bytes of the character that `text` begins with, 0 if it is malformed (the table of RFC 3629,
// section 4). The first byte is not ASCII.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
  };
  const unsigned char first = byte(0);
  const std::size_t length = is_between(first, 0xc2, 0xdf)   ? 2
                             : is_between(first, 0xe0, 0xef) ? 3
                             : is_between(first, 0xf0, 0xf4) ? 4
                                                             : 0;
  if (length == 0) return 0;
  const unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (!is_between(byte(1), low, high)) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (!is_between(byte(i), 0x80, 0xbf)) return 0;
  }
  return length;
}

}  // namespace

std::size_t find_invalid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::uint64_t word = 0;
    if (text.size() - at >= sizeof word) {
      std::memcpy(&word, text.data() + at, sizeof word);
      if ((word & 0x8080808080808080ULL) == 0) {
        at += sizeof word;
        continue;
      }
    }
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const std::size_t length = character_length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

std::size_t count_characters(std::string_view text) {
  return text.size() -
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_continuation_byte));
}

std::size_t control_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x20 || first == 0x7f) return 1;
  // U+0080 to U+009F are 0xc2 0x80 to 0xc2 0x9f.
  const bool is_c1 = first == 0xc2 && text.size() > 1 &&
                     is_between(static_cast<unsigned char>(text[1]), 0x80, 0x9f);
  return is_c1 ? 2 : 0;
}

bool has_control(std::string_view text) {
  while (!text.empty() && control_length(text) == 0) text.remove_prefix(1);
  return !text.empty();
}

std::string_view shortened(std::string_view text, std::size_t n_bytes) {
  if (text.size() <= n_bytes) return text;
  while (n_bytes > 0 && is_continuation_byte(text[n_bytes])) --n_bytes;
  return text.substr(0, n_bytes);
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  const unsigned n_tail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr std::uint32_t kFirst[] = {0, 0xc0, 0xe0, 0xf0};
  put(kFirst[n_tail] | (code >> (6 * n_tail)));
  for (unsigned i = n_tail; i-- > 0;) put(0x80 | ((code >> (6 * i)) & 0x3f));
}

}  // namespace resml
