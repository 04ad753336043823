#include "resml/settings/given.hpp"

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"

namespace resml {
namespace {

std::string canonical(std::string_view key) {
  std::string name = lower_case(trimmed(key));
  return name == "unwanted_features" ? "unwanted_values" : name;
}

}  // namespace

std::string Given::place() const {
  if (!file_line.empty()) return concat(file_line, ": key ", quoted(key));
  const std::string shown = quoted(value);
  return concat("--set ", key, '=', std::string_view(shown).substr(1, shown.size() - 2));
}

void Given::refuse(std::string_view expected, std::string_view remedy) const {
  throw InputError(place(), ": expected ", expected, ", got ", quoted(value), remedy);
}

std::map<std::string, Given> collect_given(
    const IniFile* file, const std::vector<std::pair<std::string, std::string>>& overrides,
    const Environment& environment) {
  std::map<std::string, Given> all;
  const IniSection* section = file == nullptr ? nullptr : file->section(kLearningSection);
  for (const IniEntry& entry : section == nullptr ? std::vector<IniEntry>() : section->entries) {
    Given given{.key = canonical(entry.key),
                .value = std::string(trimmed(substitute(entry.value, environment))),
                .file_line = concat(file->name(), ':', entry.line),
                .inherited = entry.inherited};
    const auto [earlier, is_new] = all.try_emplace(given.key, given);
    if (!is_new && !entry.inherited)
      throw InputError(given.file_line, ": key ", quoted(entry.key), " is another name of ",
                       quoted(given.key), ", which stands at ", earlier->second.file_line);
  }
  for (const auto& [key, value] : overrides)
    all[canonical(key)] = {.key = canonical(key),
                           .value = std::string(trimmed(value)),
                           .file_line = "",
                           .inherited = false};
  return all;
}

}  // namespace resml
