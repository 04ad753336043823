#pragma once

#include <cstddef>
#include <string_view>

namespace resml {

// Where the first byte stands that is not part of well-formed UTF-8 (RFC 3629: no surrogates, no
// overlong forms, nothing above U+10FFFF); npos if there is none.
std::size_t find_invalid_utf8(std::string_view text);

}  // namespace resml
