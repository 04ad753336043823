#pragma once

#include <string>
#include <string_view>

namespace resml {

// What is wrong with a text that should be JSON ("ends too early, after 1234 bytes", "deeper than
// 64 levels"); empty if nothing is. Costs one pass, no memory.
std::string json_fault(std::string_view text);

}  // namespace resml
