#pragma once

#include <array>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <span>
#include <string>

#include "resml/data/table.hpp"

namespace resml {

// Where an incident holds fields besides its top level: custom ones, then those of other records.
inline constexpr std::array kIncidentSections = {"properties", "gdpr", "pii", "hipaa",
                                                 "regulator_risk"};

// The cell of field `name` in one incident as the platform's REST gives it. The incident's own key
// counts; without it the same key under "properties"; if that is null, the first non-null one under
// the other sections (OB-CSV-02). Text forms are those of Python's str().
std::string incident_cell(const nlohmann::json& incident, const std::string& name);

// The members of an incident that these cells are made of, and its id.
std::set<std::string, std::less<>> members_looked_at(std::span<const std::string> names);

// One row per incident, one column per name. InputError if an incident is not a JSON object.
Table incidents_table(std::span<const nlohmann::json> incidents,
                      std::span<const std::string> names);

}  // namespace resml
