#include "resml/cli/platform_connection.hpp"

#include "resml/base/error.hpp"
#include "resml/cli/training.hpp"
#include "resml/platform/key_store.hpp"

namespace resml {

PlatformSettings connection_settings(const std::string& given, const std::stop_token& stop,
                                     Console& console) {
  const auto file = read_config(given);
  if (!file) {
    throw InputError(
        "no configuration that says where the platform is; res-ml config writes a sample");
  }
  console.detail(concat("configuration: ", file->name()));
  PlatformSettings settings =
      read_platform_settings(*file, environment_value, python_key_store(stop));
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
