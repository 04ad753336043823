#pragma once

#include <stop_token>
#include <string>

#include "resml/cli/commands.hpp"
#include "resml/cli/console.hpp"
#include "resml/platform/platform_settings.hpp"
#include "resml/platform/remote_transport.hpp"
#include "resml/platform/retry_policy.hpp"
#include "resml/platform/session.hpp"

namespace resml {

// The settings of the configuration file that holds (OB-CFG-01), `given` if not empty. Warnings are
// spoken. InputError if there is no file or no [resilient] in it.
PlatformSettings connection_settings(const std::string& given, const std::stop_token& stop,
                                     Console& console);

// Everything between the command and the platform, put together; retries are told at -v. Does not
// connect before the first request. `console` outlives it.
class PlatformConnection {
 public:
  PlatformConnection(PlatformSettings settings, const GlobalArguments& global,
                     const std::stop_token& stop, Console& console);
  // As `config` says, or the configuration that holds.
  PlatformConnection(const std::string& config, const GlobalArguments& global,
                     const std::stop_token& stop, Console& console)
      : PlatformConnection(connection_settings(config, stop, console), global, stop, console) {}

  const PlatformSettings& settings() const { return settings_; }
  Session& session() { return session_; }
  RemoteTransport& transport() { return transport_; }

 private:
  PlatformSettings settings_;
  RemoteTransport transport_;
  RetryPolicy retries_;
  Session session_;
};

}  // namespace resml
