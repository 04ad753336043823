#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace resml {

// Where the first byte stands that is not part of well-formed UTF-8 (RFC 3629: no surrogates, no
// overlong forms, nothing above U+10FFFF); npos if there is none.
std::size_t find_invalid_utf8(std::string_view text);

// Whether the byte belongs to a character that an earlier one began.
constexpr bool is_continuation_byte(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// Of well-formed text.
std::size_t count_characters(std::string_view text);

// Bytes of the control character that `text` begins with, which a terminal may obey: U+0000 to
// U+001F, U+007F to U+009F; 0 if it begins with another one.
std::size_t control_length(std::string_view text);
bool has_control(std::string_view text);

// The first `n_bytes` at most, and no part of a character.
std::string_view shortened(std::string_view text, std::size_t n_bytes);

// The UTF-8 bytes of a code point up to U+10FFFF.
void append_utf8(std::string& out, std::uint32_t code);

}  // namespace resml
