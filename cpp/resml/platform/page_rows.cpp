#include "resml/platform/page_rows.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "resml/base/error.hpp"

namespace resml {
namespace {

using nlohmann::json;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool ends_scalar(char c) { return c == ',' || c == '}' || c == ']' || is_space(c); }

// Walks over well-formed JSON without looking at what it need not: a parser is ten times as slow,
// and most of an incident is no field.
class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text) : text_(text) {}

  char next() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    if (at_ == text_.size()) throw_no_json();
    return text_[at_];
  }

  // Whether `c` comes next; then it stands behind it.
  bool take(char c) {
    if (next() != c) return false;
    ++at_;
    return true;
  }

  // The text of the value that comes next; behind it.
  std::string_view value() {
    const char first = next();
    const std::size_t begin = at_;
    if (first == '"') {
      skip_string();
    } else if (first == '{' || first == '[') {
      skip_list();
    } else {
      while (at_ < text_.size() && !ends_scalar(text_[at_])) ++at_;
    }
    if (at_ == begin) throw_no_json();
    return text_.substr(begin, at_ - begin);
  }

  // Calls `use` with each member of the object that comes next: its name in quotes, as it is
  // written.
  template <class Use>
  void members(const Use& use) {
    if (!take('{')) return;
    while (!take('}')) {
      const std::string_view name = value();
      take(':');
      use(name);
      take(',');
    }
  }

 private:
  [[noreturn]] static void throw_no_json() {
    throw RemoteError("the platform's answer is no JSON after all");
  }

  void skip_string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  void skip_list() {
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        skip_string();
        continue;
      }
      ++at_;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) return;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// A name that is written with an escape is none that we know: it stays.
bool is_wanted(std::string_view quoted_name, const MemberNames& only) {
  const std::string_view name = quoted_name.substr(1, quoted_name.size() - 2);
  return only.contains(name) || name.find('\\') != std::string_view::npos;
}

json parse_row(std::string_view row, const MemberNames& only) {
  if (only.empty() || !row.starts_with('{')) return json::parse(row);
  std::string lean = "{";
  JsonCursor cursor(row);
  cursor.members([&](std::string_view name) {
    const std::string_view value = cursor.value();
    if (!is_wanted(name, only)) return;
    if (lean.size() > 1) lean += ',';
    lean.append(name).append(1, ':').append(value);
  });
  return json::parse(lean + '}');
}

}  // namespace

json read_rows(std::string_view text, const MemberNames& only,
               const std::function<void(const json& row)>& use) {
  JsonCursor cursor(text);
  if (cursor.next() != '{') return json::parse(text);
  json rest = json::object();
  cursor.members([&](std::string_view name) {
    json& value = rest[json::parse(name).get<std::string>()];
    if (name != "\"data\"" || cursor.next() != '[') {
      value = json::parse(cursor.value());
      return;
    }
    value = json::array();
    cursor.take('[');
    while (!cursor.take(']')) {
      use(parse_row(cursor.value(), only));
      cursor.take(',');
    }
  });
  return rest;
}

}  // namespace resml
