#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace resml {

// Everything that operator<< takes, written one after the other. Doubles get at most 6 digits.
template <class... Parts>
std::string concat(const Parts&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return std::move(out).str();
}

inline constexpr std::string_view kHexDigits = "0123456789abcdef";

// Control characters as \n, \t, \xHH, or \u00HH from U+007F on, so that JSON stays JSON: those
// below are escaped there already.
std::string escaped(std::string_view text);

// The text in double quotes, shortened to 80 bytes (never inside a UTF-8 character), control
// characters as escaped() has them: safe to print whatever a cell or a file name holds.
std::string quoted(std::string_view text);
// Exact matches, or std::quoted would be found and win wherever <iomanip> is included.
inline std::string quoted(const std::string& text) { return quoted(std::string_view(text)); }
inline std::string quoted(std::string& text) { return quoted(std::string_view(text)); }
inline std::string quoted(const char* text) { return quoted(std::string_view(text)); }

// `names` joined with `separator`.
std::string join(std::span<const std::string> names, std::string_view separator);

// "a", "a or b", "a, b or c".
std::string either_of(std::span<const std::string> names);

// Parts of `text` between commas, each without blanks around it; empty parts are left out.
std::vector<std::string> split_at_commas(std::string_view text);

// `text` without blanks, tabs and line ends at both sides.
std::string_view trimmed(std::string_view text);

// ASCII letters in lower case, everything else as it is.
std::string lower_case(std::string_view text);

// The entry of `names` nearest to `name` by edit distance (case ignored), if it is near enough to
// be a slip of the finger (at most a third of the letters differ); empty otherwise.
std::string nearest_name(std::string_view name, std::span<const std::string> names);

// `; did you mean "nearest"?`, or nothing where no name is near.
std::string did_you_mean(std::string_view name, std::span<const std::string> names);
// Where no name is near, all of them: "; the keys are a, b", the first 60 if there are many.
std::string did_you_mean(std::string_view name, std::span<const std::string> names,
                         std::string_view what);
std::string all_names(std::span<const std::string> names, std::string_view what);

// The whole text as a number of that type in decimal digits, no blanks, no leading "+"; nothing if
// it is none.
template <std::integral Number>
std::optional<Number> parse_whole(std::string_view text) {
  Number value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The whole text as a finite number in C notation ("1", "-0.5", "1e3"); nothing for NaN, infinities
// and everything else.
std::optional<double> parse_number(std::string_view text);

// The shortest text that reads back as the same number: 100000000 rather than 1e+08.
std::string number_text(double number);

}  // namespace resml
