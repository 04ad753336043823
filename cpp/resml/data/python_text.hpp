#pragma once

#include <string>
#include <string_view>

namespace resml {

// UTF-8 text as Python's repr() writes it: quotes chosen and escaped alike, and what does not print
// as \xHH, \uHHHH, \UHHHHHHHH. Characters that no version of Unicode knows yet stay as they are.
std::string python_repr(std::string_view text);

// A double as Python's str() writes it: shortest digits that read back the same, "1.0", "1e-05",
// "nan", "inf".
std::string python_float(double value);

}  // namespace resml
