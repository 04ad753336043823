#include "resml/settings/ini_file.hpp"

#include <algorithm>

#include "resml/base/error.hpp"
#include "resml/base/file.hpp"
#include "resml/base/text.hpp"
#include "resml/base/utf8.hpp"

namespace resml {
namespace {

bool is_indented(std::string_view line) { return line.starts_with(' ') || line.starts_with('\t'); }

bool is_comment(std::string_view content) {
  return content.starts_with('#') || content.starts_with(';');
}

template <class List, class Name>
auto find_named(List& list, std::string_view name, Name name_of) {
  return std::find_if(list.begin(), list.end(),
                      [&](auto& entry) { return name_of(entry) == name; });
}

// Reads line by line; knows the section and the entry that a continuation belongs to.
class IniParser {
 public:
  explicit IniParser(std::string name) : name_(std::move(name)) {}

  void read_line(std::string_view line, std::size_t number) {
    line_ = number;
    const std::string_view content = trimmed(line);
    if (content.empty() || is_comment(content)) return;
    if (is_indented(line) && !sections_.empty() && !sections_.back().entries.empty()) {
      IniEntry& entry = sections_.back().entries.back();
      entry.value += (entry.value.empty() ? "" : "\n") + std::string(content);
    } else if (content.front() == '[' && content.back() == ']') {
      open_section(content.substr(1, content.size() - 2));
    } else {
      add_entry(content);
    }
  }

  // [DEFAULT] is handed down to every section that does not set the key itself.
  std::vector<IniSection> finish() && {
    const auto defaults =
        find_named(sections_, "DEFAULT", [](const IniSection& s) { return s.name; });
    if (defaults == sections_.end()) return std::move(sections_);
    const std::vector<IniEntry> inherited = defaults->entries;
    for (IniSection& section : sections_) {
      for (const IniEntry& entry : inherited) {
        if (!has_key(section, entry.key)) section.entries.push_back(entry);
      }
    }
    return std::move(sections_);
  }

 private:
  template <class... Parts>
  [[noreturn]] void fail(const Parts&... parts) const {
    throw InputError(name_, ":", line_, ": ", parts...);
  }

  static bool has_key(const IniSection& section, std::string_view key) {
    return std::any_of(section.entries.begin(), section.entries.end(),
                       [&](const IniEntry& entry) { return entry.key == key; });
  }

  void open_section(std::string_view section) {
    for (const IniSection& known : sections_) {
      if (known.name == section) {
        fail("section ", quoted(section), " stands twice, first in line ", known.line);
      }
    }
    sections_.push_back({std::string(section), line_, {}});
  }

  void add_entry(std::string_view content) {
    const std::size_t delimiter = content.find_first_of("=:");
    if (delimiter == std::string_view::npos || delimiter == 0) {
      fail("expected \"key = value\" or \"[section]\", got ", quoted(content));
    }
    if (sections_.empty()) fail("key before the first section");
    std::string key = lower_case(trimmed(content.substr(0, delimiter)));
    if (has_key(sections_.back(), key)) fail("key ", quoted(key), " stands twice in its section");
    sections_.back().entries.push_back(
        {std::move(key), std::string(trimmed(content.substr(delimiter + 1))), line_});
  }

  std::string name_;
  std::size_t line_ = 0;
  std::vector<IniSection> sections_;
};

}  // namespace

IniFile IniFile::parse(std::string_view text, std::string name) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (find_invalid_utf8(text) != std::string_view::npos) {
    throw InputError(name, ": not UTF-8 text");
  }
  IniParser parser(name);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    parser.read_line(text.substr(0, end), number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  IniFile file;
  file.name_ = std::move(name);
  file.sections_ = std::move(parser).finish();
  return file;
}

IniFile IniFile::read(const std::filesystem::path& path) {
  return parse(read_file(path), path.string());
}

const IniSection* IniFile::section(std::string_view name) const {
  const auto found = find_named(sections_, name, [](const IniSection& s) { return s.name; });
  return found == sections_.end() ? nullptr : &*found;
}

std::string substitute(std::string_view value, const Environment& environment) {
  std::string out;
  bool has_braces = false;
  for (std::size_t place = 0; place < value.size();) {
    const std::size_t begin = value.find("${", place);
    const std::size_t end = begin == std::string_view::npos ? begin : value.find('}', begin);
    if (end == std::string_view::npos) {
      out += value.substr(place);
      break;
    }
    has_braces = true;
    out += value.substr(place, begin - place);
    const std::string name(value.substr(begin + 2, end - begin - 2));
    out += environment(name).value_or(std::string(value.substr(begin, end - begin + 1)));
    place = end + 1;
  }
  if (!has_braces && value.starts_with('$')) {
    return environment(std::string(value.substr(1))).value_or(std::string(value));
  }
  return out;
}

}  // namespace resml
