#include "resml/platform/json_scan.hpp"

#include "resml/base/utf8.hpp"

namespace resml {
namespace {

// Neither is near what a double cannot hold.
constexpr std::size_t kMaxDigits = 200;
constexpr std::size_t kMaxExponentDigits = 2;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_plain(char c) { return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20; }

// Reads along the grammar of RFC 8259. Every step says whether it was there, and moves behind it.
class JsonScan {
 public:
  JsonScan(std::string_view text, std::size_t max_depth) : rest_(text), depth_left_(max_depth) {}

  bool whole() {
    if (!value()) return false;
    skip_space();
    return rest_.empty();
  }

 private:
  char next() const { return rest_.empty() ? '\0' : rest_.front(); }

  bool take(char c) {
    if (next() != c || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  void skip_space() {
    std::size_t n = 0;
    while (n < rest_.size() &&
           (rest_[n] == ' ' || rest_[n] == '\n' || rest_[n] == '\r' || rest_[n] == '\t')) {
      ++n;
    }
    rest_.remove_prefix(n);
  }

  std::size_t digits() {
    std::size_t n = 0;
    while (n < rest_.size() && is_digit(rest_[n])) ++n;
    rest_.remove_prefix(n);
    return n;
  }

  bool value() {
    skip_space();
    switch (next()) {
      case '{':
        return list('{', '}', &JsonScan::member);
      case '[':
        return list('[', ']', &JsonScan::value);
      case '"':
        return string();
      case 't':
        return take("true");
      case 'f':
        return take("false");
      case 'n':
        return take("null");
      default:
        return number();
    }
  }

  bool list(char open, char close, bool (JsonScan::*item)()) {
    if (depth_left_ == 0 || !take(open)) return false;
    --depth_left_;
    skip_space();
    bool is_first = true;
    while (!take(close)) {
      if (!is_first && !take(',')) return false;
      if (!(this->*item)()) return false;
      is_first = false;
      skip_space();
    }
    ++depth_left_;
    return true;
  }

  bool member() {
    skip_space();
    if (!string()) return false;
    skip_space();
    return take(':') && value();
  }

  // Its bytes are UTF-8: the whole text is.
  bool string() {
    if (!take('"')) return false;
    for (;;) {
      std::size_t n = 0;
      while (n < rest_.size() && is_plain(rest_[n])) ++n;
      rest_.remove_prefix(n);
      if (take('"')) return true;
      if (!take('\\') || !escape()) return false;
    }
  }

  bool escape() {
    if (!take('u')) {
      if (rest_.empty() || std::string_view("\"\\/bfnrt").find(next()) == std::string_view::npos)
        return false;
      rest_.remove_prefix(1);
      return true;
    }
    const std::string_view code = rest_.substr(0, 4);
    if (code.size() < 4) return false;
    for (const char c : code) {
      if (!is_hex(c)) return false;
    }
    const bool is_surrogate = (code[0] == 'd' || code[0] == 'D') && code[1] >= '8';
    rest_.remove_prefix(4);
    return !is_surrogate;
  }

  bool number() {
    take('-');
    const bool is_zero = next() == '0';
    const std::size_t before = digits();
    if (before == 0 || before > kMaxDigits || (is_zero && before > 1)) return false;
    if (take('.') && digits() == 0) return false;
    if (!take('e') && !take('E')) return true;
    if (!take('-')) take('+');
    const std::size_t exponent = digits();
    return exponent > 0 && exponent <= kMaxExponentDigits;
  }

  std::string_view rest_;
  std::size_t depth_left_;
};

}  // namespace

bool is_surely_json(std::string_view text, std::size_t max_depth) {
  return find_invalid_utf8(text) == std::string_view::npos && JsonScan(text, max_depth).whole();
}

}  // namespace resml
