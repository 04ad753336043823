#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace resml {

struct IniEntry {
  std::string key;    // lower case
  std::string value;  // blanks at both sides removed; continuation lines joined with \n
  std::size_t line = 0;
  bool inherited = false;  // from [DEFAULT]
};

struct IniSection {
  std::string name;
  std::size_t line = 0;
  // Those of [DEFAULT] that the section does not set itself stand behind its own.
  std::vector<IniEntry> entries;

  const IniEntry* find(std::string_view key) const;  // nullptr if it is not there
};

// A configuration file in the dialect of Python's configparser without interpolation, as the
// platform's integrations read it: "=" or ":", whole-line comments "#" and ";", continuation by
// indentation, [DEFAULT], keys without case, a byte-order mark allowed.
class IniFile {
 public:
  // InputError "file:line: ..." for a line that is neither, a repeated key or section, a key before
  // the first section, bytes that are not UTF-8.
  static IniFile parse(std::string_view text, std::string name);
  static IniFile read(const std::filesystem::path& path);

  const std::string& name() const { return name_; }
  // nullptr if there is no such section.
  const IniSection* section(std::string_view name) const;

 private:
  std::string name_;
  std::vector<IniSection> sections_;
};

// The value of an environment variable, or nothing.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
std::optional<std::string> environment_value(const std::string& name);  // of this process

// "$NAME" as a whole and every "${NAME}" inside replaced by the environment variable of that name;
// a name that is not set is left as it stands.
std::string substitute(std::string_view value, const Environment& environment);

}  // namespace resml
