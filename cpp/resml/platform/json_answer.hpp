#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace resml {

// No answer of the platform comes near; what reads it may call itself once a level.
inline constexpr std::size_t kMaxJsonDepth = 64;

// A text is no JSON; says so in the words of json_fault().
class JsonFault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
// The words, which are about "the answer" or a file.
std::string empty_json();
std::string no_json_from(std::size_t position);
std::string nested_too_deep();

// What is wrong with a text that should be JSON ("ends too early, after 1234 bytes", "deeper than
// 64 levels"); empty if nothing is. Costs one pass, no memory.
std::string json_fault(std::string_view text);

void throw_unless_json(std::string_view text);  // JsonFault

}  // namespace resml
