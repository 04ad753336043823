#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "resml/platform/platform_settings.hpp"
#include "resml/platform/transport.hpp"

namespace resml {

struct Organization {
  std::int64_t id = 0;
  std::string name;
};

// Headers and body that ask for a session: as an API key, or as a user.
HttpRequest log_in_request(const PlatformSettings& settings);

// The headers of every later request: the API key again, or the token and the cookies of the
// answer. RemoteError if the answer lacks them.
std::vector<std::string> log_in_headers(const PlatformSettings& settings,
                                        const HttpRequest& request, const HttpResponse& answer);

// The organization that the settings name, by its cloud account, uuid or name. RemoteError lists
// those that the answer has.
Organization find_organization(const PlatformSettings& settings, const HttpResponse& answer);

}  // namespace resml
