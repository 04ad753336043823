#include "resml/settings/config_file.hpp"

#include <array>
#include <vector>

#include "resml/base/file.hpp"
#include "resml/settings/machine_learning_settings.hpp"

namespace resml {
namespace {

namespace fs = std::filesystem;

const std::vector<SettingInfo>& connection_keys() {
  static const std::vector<SettingInfo> list = {
      {"host", "soar.example.com", "Name of the platform's server."},
      {"org", "My Organization", "The organization, as the platform shows it."},
      {"api_key_id", "00000000-0000-0000-0000-000000000000",
       "An API key of the platform that may read incidents."},
      {"api_key_secret", "$API_KEY_SECRET",
       "Its secret. $NAME is replaced by the environment variable NAME, here and everywhere."},
      {"email", "me@example.com",
       "Instead of an API key: an account. The platform is about to end this.", true},
      {"password", "$PASSWORD", "Its password.", true},
  };
  return list;
}

void append_key(std::string& out, const SettingInfo& key) {
  out += "\n# ";
  for (const char c : key.meaning) {
    out += c;
    if (c == '\n') out += "# ";
  }
  out += '\n';
  if (key.commented) out += '#';
  out += key.key + " = " + key.sample + '\n';
}

fs::path home_folder(const Environment& environment) { return environment("HOME").value_or(""); }

}  // namespace

fs::path expand_home(const std::string& path, const Environment& environment) {
  if (path != "~" && !path.starts_with("~/")) return path;
  return home_folder(environment) / path.substr(path.size() > 1 ? 2 : 1);
}

std::optional<fs::path> find_config_file(const std::string& given, const fs::path& folder,
                                         const Environment& environment) {
  if (!given.empty()) return given;
  if (is_there(folder / "ml.config")) return folder / "ml.config";
  const std::string named = environment("APP_CONFIG_FILE").value_or("");
  if (!named.empty()) return expand_home(named, environment);
  const std::array<fs::path, 2> usual = {folder / "app.config",
                                         home_folder(environment) / ".resilient" / "app.config"};
  for (const fs::path& path : usual) {
    if (is_there(path)) return path;
  }
  return std::nullopt;
}

std::string sample_config() {
  std::string out =
      "# Where the incidents come from. A line that begins with # is a comment; take the # away "
      "to use\n# the key behind it.\n[resilient]\n";
  for (const SettingInfo& key : connection_keys()) append_key(out, key);
  out += "\n\n# What is learnt from them, and how.\n[machine_learning]\n";
  for (const SettingInfo& key : machine_learning_keys()) {
    if (!key.sample.empty()) append_key(out, key);
  }
  return out;
}

}  // namespace resml
