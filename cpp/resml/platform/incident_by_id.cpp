#include "resml/platform/incident_by_id.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"

namespace resml {

std::optional<nlohmann::json> fetch_incident(PlatformApi& api, std::int64_t id) {
  constexpr int kNotFound = 404;
  const std::string target = concat("/incidents/", id);
  std::string answer;
  try {
    answer = api.get(target);
  } catch (const StatusError& error) {
    if (error.status == kNotFound) return std::nullopt;
    throw;
  }
  nlohmann::json incident = nlohmann::json::parse(answer);
  if (!incident.is_object() || !incident.contains("id") || incident["id"] != id)
    throw RemoteError("GET ", target, ": expected incident ", id, ", got something else");
  return incident;
}

}  // namespace resml
