#pragma once

#include <cstddef>
#include <string_view>

namespace resml {

// Whether a text is JSON of at most so many levels: several times as fast as a parser, as it keeps
// nothing. What is rare (half of a surrogate pair, very long numbers, a byte order mark) may count
// as no: a parser then has the last word.
bool is_surely_json(std::string_view text, std::size_t max_depth);

}  // namespace resml
