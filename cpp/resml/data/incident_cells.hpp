#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "resml/data/table.hpp"

namespace resml {

// The cell of field `name` in one incident as the platform's REST gives it. The incident's own key
// counts; without it the same key under "properties"; if that is null, the first non-null one under
// "gdpr", "pii", "hipaa", "regulator_risk" (OB-CSV-02). Text forms are those of Python's str().
std::string incident_cell(const nlohmann::json& incident, const std::string& name);

// One row per incident, one column per name. InputError if an incident is not a JSON object.
Table incidents_table(std::span<const nlohmann::json> incidents,
                      std::span<const std::string> names);

}  // namespace resml
