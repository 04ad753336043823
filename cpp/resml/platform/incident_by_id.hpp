#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "resml/platform/platform_api.hpp"

namespace resml {

// The incident of that number, an object with this "id"; nothing where the platform has none.
// Only reads. RemoteError if the answer is something else.
std::optional<nlohmann::json> fetch_incident(PlatformApi& api, std::int64_t id);

}  // namespace resml
