#include "resml/platform/incident_query.hpp"

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"

namespace resml {
namespace {

using nlohmann::json;

constexpr std::string_view kIdsTarget =
    "/incidents/query_paged?field_handle=-1&return_level=partial";

json condition(std::string_view field, std::string_view method, std::int64_t value) {
  return {{"field_name", field}, {"method", method}, {"value", value}};
}

std::int64_t id_of(const json& row, std::size_t index) {
  if (!row.is_object()) {
    throw RemoteError(kQueryPlace, "row ", index + 1, ": expected an incident, got ",
                      row.type_name());
  }
  const auto id = row.find("id");
  if (id == row.end() || !id->is_number_integer() ||
      (id->is_number_unsigned() &&
       id->get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()})) {
    throw RemoteError(
        kQueryPlace, "row ", index + 1, ": expected an incident with a whole number as id, got ",
        id == row.end() ? "none" : quoted(id->dump(-1, ' ', true, json::error_handler_t::replace)));
  }
  return id->get<std::int64_t>();
}

}  // namespace

IncidentQuery::IncidentQuery(PlatformApi& api, const DownloadSettings& settings, MakeRow make_row,
                             MemberNames only)
    : api_(api), settings_(settings), make_row_(std::move(make_row)), only_(std::move(only)) {}

Page IncidentQuery::ask(const Part& part) const {
  Page page;
  api_.post(make_row_ ? kWholeIncidents : kIdsTarget, question(part),
            [&](std::string_view answer) { page = read(answer); });
  return page;
}

std::string IncidentQuery::question(const Part& part) const {
  json conditions = json::array();
  if (settings_.from_ms)
    conditions.push_back(condition(settings_.time_field, "gte", *settings_.from_ms));
  if (settings_.until_ms)
    conditions.push_back(condition(settings_.time_field, "lte", *settings_.until_ms));
  if (settings_.changed_from_ms)
    conditions.push_back(condition(kChangedField, "gte", *settings_.changed_from_ms));
  if (part.behind) conditions.push_back(condition("id", "gt", *part.behind));
  if (part.up_to) conditions.push_back(condition("id", "lte", *part.up_to));
  if (part.equal) conditions.push_back(condition("id", "equals", *part.equal));
  json asked = {{"start", part.start},
                {"length", part.length},
                {"sorts", {{{"field_name", "id"}, {"type", "asc"}}}},
                {"filters", json::array()}};
  if (!conditions.empty()) asked["filters"].push_back({{"conditions", std::move(conditions)}});
  return asked.dump();
}

Page IncidentQuery::read(std::string_view answer) const {
  Page page;
  const json rest = read_rows(answer, only_, [&](const json& row) {
    const std::int64_t id = id_of(row, page.rows.size());
    page.rows.push_back({.id = id, .kept = make_row_ ? make_row_(row) : RowText()});
  });
  if (!rest.is_object() || !rest.contains("data") || !rest["data"].is_array())
    throw RemoteError(kQueryPlace, "expected an object with the list \"data\", got something else");
  for (const char* key : {"recordsFiltered", "recordsTotal"}) {
    const auto total = rest.find(key);
    if (total != rest.end() && total->is_number_unsigned()) {
      page.total = total->get<std::uint64_t>();
      break;
    }
  }
  return page;
}

}  // namespace resml
