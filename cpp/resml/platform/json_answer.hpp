#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
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

// What is wrong with a text that should be JSON ("is no JSON from byte 1234 on"); empty if nothing
// is. Costs one pass, no memory.
std::string json_fault(std::string_view text);

void throw_unless_json(std::string_view text);  // JsonFault

// The text under `key` of a JSON object; empty if there is none.
template <class Json>
std::string text_under(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->template get<std::string>() : "";
}

// A file of ours that stands beside a CSV file.
struct JsonFile {
  std::string_view what;  // "the state of a download"
  int format;
  std::string_view remedy;  // behind what is wrong with it
};
// Its text; nothing if there is no such file. InputError if it is too large.
std::optional<std::string> read_json_file(const std::string& path, const JsonFile& file);
// InputError with `place` for a text that is something else.
nlohmann::ordered_json parse_json_file(std::string_view text, std::string_view place,
                                       const JsonFile& file);

}  // namespace resml
