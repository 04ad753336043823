#include "resml/settings/ini_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "resml/base/error.hpp"
#include "resml/base/file.hpp"
#include "resml/base/text.hpp"
#include "resml/base/utf8.hpp"

namespace resml {
namespace {

constexpr std::string_view kDefaultSection = "DEFAULT";

// Line by line as configparser does it, so that both read the same file alike. Messages name keys
// and lines but never quote a line: it may hold a password.
class IniParser {
 public:
  IniParser(std::string_view text, const std::string& name) : rest_(text), name_(name) {}
  std::vector<IniSection> parse();

 private:
  bool next_line();
  void read_line();
  void read_blank_line();
  void start_section(std::string_view line);
  void start_entry(std::string_view line);
  void close_value();
  template <class... Parts>
  [[noreturn]] void fail(const Parts&... parts) const {
    throw InputError(name_, ':', n_lines_, ": ", parts...);
  }

  std::string_view rest_;
  const std::string& name_;
  std::string_view line_;
  std::size_t n_lines_ = 0;
  std::size_t indent_ = 0;  // of the key or section that came last
  std::vector<IniSection> sections_;
  IniSection defaults_{.name = std::string(kDefaultSection), .line = 0, .entries = {}};
  std::size_t section_ = 0;  // 1 + index into sections_; kInDefaults
  bool has_entry_ = false;   // a value is open that further lines may continue

  static constexpr std::size_t kInDefaults = static_cast<std::size_t>(-1);
  IniSection& section() { return section_ == kInDefaults ? defaults_ : sections_[section_ - 1]; }
};

bool IniParser::next_line() {
  if (rest_.empty()) return false;
  const std::size_t end = std::min(rest_.find_first_of("\r\n"), rest_.size());
  line_ = rest_.substr(0, end);
  rest_.remove_prefix(end);
  if (rest_.starts_with("\r\n")) rest_.remove_prefix(1);
  if (!rest_.empty()) rest_.remove_prefix(1);
  ++n_lines_;
  return true;
}

void IniParser::read_line() {
  if (const std::size_t at = find_invalid_utf8(line_); at != std::string_view::npos)
    fail("expected UTF-8, got byte ", +static_cast<unsigned char>(line_[at]));
  const std::string_view content = trimmed(line_);
  if (content.starts_with('#') || content.starts_with(';')) return;
  if (content.empty()) return read_blank_line();
  const auto indent = static_cast<std::size_t>(content.data() - line_.data());
  if (has_entry_ && indent > indent_) {
    section().entries.back().value.append("\n").append(content);
    return;
  }
  indent_ = indent;
  close_value();
  if (content.starts_with('[') && content.rfind(']') != std::string_view::npos &&
      content.rfind(']') > 1)
    return start_section(content);
  start_entry(content);
}

// Blank lines inside a value belong to it; close_value() takes those at its end away.
void IniParser::read_blank_line() {
  if (has_entry_) section().entries.back().value += '\n';
}

void IniParser::close_value() {
  if (!has_entry_) return;
  std::string& value = section().entries.back().value;
  while (value.ends_with('\n')) value.pop_back();
  has_entry_ = false;
}

void IniParser::start_section(std::string_view line) {
  const std::string_view name = line.substr(1, line.rfind(']') - 1);
  if (name == kDefaultSection) {
    section_ = kInDefaults;
    return;
  }
  for (const IniSection& earlier : sections_) {
    if (earlier.name == name)
      fail("section ", quoted(name), " appears twice, first in line ", earlier.line);
  }
  sections_.push_back({.name = std::string(name), .line = n_lines_, .entries = {}});
  section_ = sections_.size();
}

void IniParser::start_entry(std::string_view line) {
  if (section_ == 0) fail("expected a section before the first key; begin with [machine_learning]");
  const std::size_t delimiter = line.find_first_of("=:");
  if (delimiter == 0 || delimiter == std::string_view::npos)
    fail("expected \"key = value\", \"[section]\" or a comment, got neither");
  std::string key = lower_case(trimmed(line.substr(0, delimiter)));
  if (const IniEntry* earlier = section().find(key); earlier != nullptr)
    fail("key ", quoted(key), " appears twice in [", section().name, "], first in line ",
         earlier->line);
  section().entries.push_back({.key = std::move(key),
                               .value = std::string(trimmed(line.substr(delimiter + 1))),
                               .line = n_lines_});
  has_entry_ = true;
}

std::vector<IniSection> IniParser::parse() {
  if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
  while (next_line()) read_line();
  close_value();
  for (IniSection& section : sections_) {
    for (IniEntry entry : defaults_.entries) {
      entry.inherited = true;
      if (section.find(entry.key) == nullptr) section.entries.push_back(std::move(entry));
    }
  }
  return std::move(sections_);
}

// What the variable holds, or `otherwise` if it is not set.
std::string value_of(std::string_view variable, std::string_view otherwise,
                     const Environment& environment) {
  return environment(std::string(variable)).value_or(std::string(otherwise));
}

}  // namespace

const IniEntry* IniSection::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const IniEntry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

IniFile IniFile::parse(std::string_view text, std::string name) {
  IniFile file;
  file.sections_ = IniParser(text, name).parse();
  file.name_ = std::move(name);
  return file;
}

IniFile IniFile::read(const std::filesystem::path& path) {
  return parse(read_file(path), path.string());
}

const IniSection* IniFile::section(std::string_view name) const {
  const auto found = std::find_if(sections_.begin(), sections_.end(),
                                  [&](const IniSection& section) { return section.name == name; });
  return found == sections_.end() ? nullptr : &*found;
}

std::optional<std::string> environment_value(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string substitute(std::string_view value, const Environment& environment) {
  if (value.find("${") == std::string_view::npos) {
    return value.starts_with('$') && value.size() > 1
               ? value_of(value.substr(1), value, environment)
               : std::string(value);
  }
  std::string out;
  while (!value.empty()) {
    const std::size_t start = std::min(value.find("${"), value.size());
    const std::size_t end = value.find('}', start);
    out += value.substr(0, start);
    value.remove_prefix(start);
    if (end == std::string_view::npos) return out.append(value);
    const std::size_t length = end + 1 - start;
    out += value_of(value.substr(2, length - 3), value.substr(0, length), environment);
    value.remove_prefix(length);
  }
  return out;
}

}  // namespace resml
