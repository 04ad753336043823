#include "resml/data/cells.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "resml/base/text.hpp"
#include "resml/base/utf8.hpp"
#include "resml/data/python_text.hpp"

namespace resml {
namespace {

// What pandas 0.24 read as "no value" (OB-READ-03). Newer ones added "None" and "<NA>": not here.
constexpr std::array<std::string_view, 16> kEmptySpellings = {
    "#N/A",    "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND",
    "1.#QNAN", "N/A",      "NA",  "NULL",    "NaN",      "n/a",  "nan",  "null"};

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

// Reads one list in Python's or JSON's notation. Every read is checked against the end; a method
// that returns false leaves the reader unusable.
class ListReader {
 public:
  explicit ListReader(std::string_view text) : text_(text) {}

  bool read(std::vector<std::string>& members) {
    skip_blanks();
    if (!take('[')) return false;
    skip_blanks();
    if (take(']')) return at_end();
    while (true) {
      if (!read_member(members.emplace_back())) return false;
      skip_blanks();
      if (take(']')) return at_end();
      if (!take(',')) return false;
      skip_blanks();
    }
  }

 private:
  bool take(char c) {
    if (place_ >= text_.size() || text_[place_] != c) return false;
    ++place_;
    return true;
  }
  void skip_blanks() {
    while (place_ < text_.size() && (text_[place_] == ' ' || text_[place_] == '\t' ||
                                     text_[place_] == '\n' || text_[place_] == '\r')) {
      ++place_;
    }
  }
  bool at_end() {
    skip_blanks();
    return place_ == text_.size();
  }

  bool read_member(std::string& member) {
    if (place_ >= text_.size()) return false;
    const char first = text_[place_];
    if (first == '"' || first == '\'') return read_quoted(member);
    if (text_.substr(place_).starts_with("u'") || text_.substr(place_).starts_with("u\"")) {
      ++place_;  // Python 2 marked its Unicode texts
      return read_quoted(member);
    }
    if (first == '[' || first == '{') return read_nested(member);
    return read_bare(member);
  }

  // A number or one of the words of either language; anything else is no list.
  bool read_bare(std::string& member) {
    const std::size_t end = std::min(text_.find_first_of(",]", place_), text_.size());
    const std::string_view word = trimmed(text_.substr(place_, end - place_));
    place_ = end;
    if (equal_ignoring_case(word, "true")) {
      member = "True";
    } else if (equal_ignoring_case(word, "false")) {
      member = "False";
    } else if (word == "null" || word == "None") {
      member = "None";
    } else if (parse_number(word)) {
      member = word;
    } else {
      return false;
    }
    return true;
  }

  bool read_quoted(std::string& member) {
    const char quote = text_[place_++];
    while (place_ < text_.size()) {
      const char c = text_[place_++];
      if (c == quote) return true;
      if (c != '\\') {
        member += c;
      } else if (!read_escape(member)) {
        return false;
      }
    }
    return false;
  }

  bool read_escape(std::string& member) {
    if (place_ >= text_.size()) return false;
    const char c = text_[place_++];
    switch (c) {
      case 'n':
        member += '\n';
        return true;
      case 'r':
        member += '\r';
        return true;
      case 't':
        member += '\t';
        return true;
      case 'b':
        member += '\b';
        return true;
      case 'f':
        member += '\f';
        return true;
      case 'x':
        return append_code(member, 2);
      case 'u':
        return append_code(member, 4);
      case 'U':
        return append_code(member, 8);
      default:
        member += c;  // \\ \' \" \/
        return true;
    }
  }

  bool read_hexadecimal(std::size_t digits, std::uint32_t& code) {
    if (text_.size() - place_ < digits) return false;
    const char* begin = text_.data() + place_;
    place_ += digits;
    return std::from_chars(begin, begin + digits, code, 16).ptr == begin + digits;
  }

  bool append_code(std::string& member, std::size_t digits) {
    std::uint32_t code = 0;
    if (!read_hexadecimal(digits, code)) return false;
    if (code >= 0xd800 && code < 0xdc00) {  // JSON writes what is beyond 16 bits as a pair
      std::uint32_t low = 0;
      if (!take('\\') || !take('u') || !read_hexadecimal(4, low)) return false;
      if (low < 0xdc00 || low > 0xdfff) return false;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    if (code > 0x10ffff || (code >= 0xdc00 && code < 0xe000)) return false;
    append_utf8(member, code);
    return true;
  }

  // A list or an object inside: its text as it stands.
  bool read_nested(std::string& member) {
    const std::size_t begin = place_;
    std::string closers;
    while (place_ < text_.size()) {
      const char c = text_[place_];
      if (c == '"' || c == '\'') {
        std::string skipped;
        if (!read_quoted(skipped)) return false;
        continue;
      }
      ++place_;
      if (c == '[' || c == '{') closers += c == '[' ? ']' : '}';
      if (c != ']' && c != '}') continue;
      if (c != closers.back()) return false;
      closers.pop_back();
      if (!closers.empty()) continue;
      member = text_.substr(begin, place_ - begin);
      return true;
    }
    return false;
  }

  std::string_view text_;
  std::size_t place_ = 0;
};

bool is_plain_list_word(const std::string& member) {
  return member == "True" || member == "False" || member == "None" ||
         parse_number(member).has_value();
}

}  // namespace

bool is_empty_cell(std::string_view text) {
  return text.empty() ||
         std::find(kEmptySpellings.begin(), kEmptySpellings.end(), text) != kEmptySpellings.end();
}

bool is_missing(std::string_view text) { return text == "None" || is_empty_cell(text); }

std::optional<bool> parse_boolean(std::string_view text) {
  if (equal_ignoring_case(text, "true")) return true;
  if (equal_ignoring_case(text, "false")) return false;
  return std::nullopt;
}

std::optional<double> parse_date(std::string_view text) {
  constexpr double kFurthest = 8.64e15;
  const auto number = parse_number(text);
  return number && std::abs(*number) <= kFurthest ? number : std::nullopt;
}

std::optional<std::vector<std::string>> parse_list(std::string_view text) {
  std::vector<std::string> members;
  if (!ListReader(text).read(members)) return std::nullopt;
  return members;
}

std::string list_text(std::span<const std::string> members) {
  std::string out = "[";
  for (const std::string& member : members) {
    if (out.size() > 1) out += ", ";
    out += is_plain_list_word(member) ? member : python_repr(member);
  }
  return out + "]";
}

std::string_view without_leading_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

std::string category_text(std::string_view text) {
  text = without_leading_blanks(text);
  if (is_missing(text)) return "None";
  if (text.front() == '[') {
    if (const auto members = parse_list(text)) return list_text(*members);
  }
  return std::string(text);
}

}  // namespace resml
