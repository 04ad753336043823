#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace resml {

// Where the first byte stands that is not part of well-formed UTF-8 (RFC 3629: no surrogates, no
// overlong forms, nothing above U+10FFFF); npos if there is none.
std::size_t find_invalid_utf8(std::string_view text);

// The UTF-8 bytes of a code point up to U+10FFFF.
void append_utf8(std::string& out, std::uint32_t code);

}  // namespace resml
