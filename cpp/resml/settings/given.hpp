#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "resml/settings/ini_file.hpp"

namespace resml {

inline constexpr std::string_view kLearningSection = "machine_learning";

// A value of that section and where it was set.
struct Given {
  std::string key;  // lower case; another name of a key replaced
  std::string value;
  std::string file_line;  // "ml.config:12"; "" = an override
  bool inherited = false;

  // Before what is wrong with the value.
  std::string place() const;
  std::string source() const { return file_line.empty() ? place() : file_line; }

  [[noreturn]] void refuse(std::string_view expected, std::string_view remedy = "") const;
};

// What holds: the entries of `file`, which may be nullptr, over them the overrides (KEY, VALUE). By
// key.
std::map<std::string, Given> collect_given(
    const IniFile* file, const std::vector<std::pair<std::string, std::string>>& overrides,
    const Environment& environment);

}  // namespace resml
