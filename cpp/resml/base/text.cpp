#include "resml/base/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "resml/base/utf8.hpp"

namespace resml {
namespace {

constexpr std::size_t kMaxQuotedBytes = 80;
constexpr std::size_t kMaxListedNames = 60;  // more than the platform has fields as it comes

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// The last byte of a control character is its number.
void append_escape(std::string& out, std::string_view character) {
  const auto byte = static_cast<unsigned char>(character.back());
  if (byte == '\n') {
    out += "\\n";
  } else if (byte == '\r') {
    out += "\\r";
  } else if (byte == '\t') {
    out += "\\t";
  } else {
    out += byte < 0x20 ? "\\x" : "\\u00";
    out += kHexDigits[byte >> 4];
    out += kHexDigits[byte & 15];
  }
}

// Letters to replace, add, leave out or exchange with their neighbour; three rows of the table at a
// time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({last[j] + (a[i] == b[j] ? 0 : 1), row[j] + 1, last[j + 1] + 1});
      if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j]) {
        row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
      }
    }
  }
  return row.back();
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t n = control_length(text);
    if (n > 0) {
      append_escape(out, text.substr(0, n));
    } else {
      out += text.front();
    }
    text.remove_prefix(std::max<std::size_t>(n, 1));
  }
  return out;
}

std::string quoted(std::string_view text) {
  const std::string_view shown = shortened(text, kMaxQuotedBytes);
  return '"' + escaped(shown) + (shown.size() < text.size() ? "...\"" : "\"");
}

std::string join(std::span<const std::string> names, std::string_view separator) {
  std::string out;
  for (const std::string& name : names) {
    if (&name != names.data()) out += separator;
    out += name;
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string either_of(std::span<const std::string> names) {
  if (names.size() < 2) return join(names, "");
  return concat(join(names.first(names.size() - 1), ", "), " or ", names.back());
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view part = trimmed(text.substr(0, comma));
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string nearest_name(std::string_view name, std::span<const std::string> names) {
  const std::string wanted = lower_case(name);
  std::string nearest;
  std::size_t smallest = wanted.size() / 3 + 1;
  for (const std::string& candidate : names) {
    const std::size_t distance = edit_distance(wanted, lower_case(candidate));
    if (distance < smallest) {
      smallest = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> names) {
  const std::string nearest = nearest_name(name, names);
  return nearest.empty() ? "" : concat("; did you mean ", quoted(nearest), "?");
}

std::string did_you_mean(std::string_view name, std::span<const std::string> names,
                         std::string_view what) {
  const std::string nearest = did_you_mean(name, names);
  return nearest.empty() ? all_names(names, what) : nearest;
}

std::string all_names(std::span<const std::string> names, std::string_view what) {
  if (names.empty()) return "";
  const auto shown = names.first(std::min(names.size(), kMaxListedNames));
  const std::string rest =
      shown.size() < names.size() ? concat(" and ", names.size() - shown.size(), " more") : "";
  return concat("; the ", what, " are ", join(shown, ", "), rest);
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

std::string number_text(double number) {
  std::array<char, 32> digits{};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  return {digits.data(), result.ptr};
}

}  // namespace resml
