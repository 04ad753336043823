#include "resml/cli/platform_connection.hpp"

#include <filesystem>

#include "resml/base/error.hpp"
#include "resml/platform/key_store.hpp"
#include "resml/settings/config_file.hpp"

namespace resml {

PlatformSettings connection_settings(const std::string& given, const std::stop_token& stop,
                                     Console& console) {
  const auto path = find_config_file(given, std::filesystem::current_path(), environment_value);
  if (!path) {
    throw InputError(
        "no configuration that says where the platform is; res-ml config writes a sample");
  }
  console.detail(concat("configuration: ", path->string()));
  PlatformSettings settings =
      read_platform_settings(IniFile::read(*path), environment_value, python_key_store(stop));
  for (const std::string& warning : settings.warnings) console.message("warning: " + warning);
  return settings;
}

PlatformConnection::PlatformConnection(PlatformSettings settings, const GlobalArguments& global,
                                       const std::stop_token& stop, Console& console)
    : settings_(std::move(settings)),
      transport_(settings_, RemoteLimits{}, stop),
      retries_(settings_.retries, global.seed.value_or(0), system_clock(), stop,
               [&console](const RetryEvent& event) { console.detail(retry_text(event)); }),
      session_(settings_, transport_, retries_) {}

}  // namespace resml
