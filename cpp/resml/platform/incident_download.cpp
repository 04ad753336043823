#include "resml/platform/incident_download.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "resml/base/error.hpp"
#include "resml/platform/incident_csv.hpp"
#include "resml/platform/saved_rows.hpp"

namespace resml {
namespace {

IncidentEvents telling(const FitContext& context,
                       std::function<void(const nlohmann::json&)> on_incident) {
  return {
      .on_incident = std::move(on_incident),
      .on_page =
          [&context](std::uint64_t done, std::uint64_t total) {
            throw_if_stopped(context);
            context.report({.what = "incidents", .done = done, .total = total, .has_rate = true});
          },
      .on_detail = context.on_detail};
}

// What can be kept beside the file; nothing where the platform does not say what time it is.
std::optional<DownloadState> state_of(const DownloadPlan& plan,
                                      const FieldDefinitions& definitions) {
  if (!plan.started_ms) return std::nullopt;
  return DownloadState{.platform = plan.platform,
                       .settings = plan.settings,
                       .columns = field_names(definitions),
                       .started_ms = *plan.started_ms,
                       .csv_sha256 = {},
                       .deleted = {}};
}

// The rows of the incidents that changed since the state, or are there and not in `saved`.
std::map<std::int64_t, std::string> read_newer(PlatformApi& api, const DownloadPlan& plan,
                                               const DownloadState& before,
                                               const std::vector<SavedRow>& saved,
                                               const std::vector<std::int64_t>& there,
                                               const FitContext& context) {
  std::map<std::int64_t, std::string> newer;
  const auto keep = [&](const nlohmann::json& incident) {
    newer[incident.at("id").get<std::int64_t>()] = incident_row(incident, before.columns, context);
  };
  DownloadSettings changed = plan.settings;
  changed.max_count.reset();
  changed.changed_from_ms = before.started_ms;
  read_incidents(api, changed, telling(context, keep), plan.started_ms);
  for (const std::int64_t id : there) {
    throw_if_stopped(context);
    const bool is_saved =
        std::binary_search(saved.begin(), saved.end(), SavedRow{.id = id},
                           [](const SavedRow& a, const SavedRow& b) { return a.id < b.id; });
    if (!is_saved && !newer.contains(id)) read_incident(api, plan.settings, id, keep);
  }
  return newer;
}

// Both by id, each once: the newer row where there are two.
IncidentsUpdated merge(SavedRows& saved, const std::map<std::int64_t, std::string>& newer,
                       const IdsRead& there, bool takes_unlisted, IncidentCsv& csv,
                       DownloadState& state) {
  IncidentsUpdated updated{.is_truncated = there.is_truncated};
  auto next = newer.begin();
  const auto is_listed = [&](std::int64_t id) {
    return std::binary_search(there.ids.begin(), there.ids.end(), id);
  };
  const auto add = [&](std::int64_t id, const std::string& row) {
    if (!takes_unlisted && !is_listed(id)) return;
    csv.append(row);
    ++updated.count;
    ++updated.n_new;
    std::erase(state.deleted, id);
  };
  for (const SavedRow& row : saved.rows()) {
    for (; next != newer.end() && next->first < row.id; ++next) add(next->first, next->second);
    const bool is_newer = next != newer.end() && next->first == row.id;
    if (!is_listed(row.id) && !(is_newer && takes_unlisted)) {
      state.deleted.push_back(row.id);
      ++updated.n_deleted;
      if (is_newer) ++next;
      continue;
    }
    const std::string old = saved.read(row);
    if (is_newer && next->second != old) ++updated.n_changed;
    csv.append(is_newer ? next->second : old);
    ++updated.count;
    if (is_newer) ++next;
  }
  for (; next != newer.end(); ++next) add(next->first, next->second);
  return updated;
}

}  // namespace

DownloadSettings resolve_time_field(DownloadSettings settings,
                                    const FieldDefinitions& definitions) {
  if (!settings.from_ms && !settings.until_ms) return settings;
  const FieldDefinition* field = find_field(definitions.fields, settings.time_field);
  if (field == nullptr) {
    throw InputError("time_field: the platform has no field ", quoted(settings.time_field),
                     did_you_mean(settings.time_field, field_names(definitions)));
  }
  if (field->kind != FieldKind::Date) {
    throw InputError("time_field: expected a field with dates, got ", quoted(field->name),
                     ", which is a ", field->input_type);
  }
  if (!field->prefix.empty()) settings.time_field = concat(field->prefix, '.', field->name);
  return settings;
}

IncidentsRead download_incidents(PlatformApi& api, const FieldDefinitions& definitions,
                                 const DownloadPlan& plan, const FitContext& context) {
  IncidentCsv csv(plan.path, definitions);
  const std::vector<std::string> names = field_names(definitions);
  const auto write = [&](const nlohmann::json& incident) {
    csv.append(incident_row(incident, names, context));
  };
  const IncidentsRead read =
      read_incidents(api, plan.settings, telling(context, write), plan.started_ms);
  auto state = state_of(plan, definitions);
  csv.commit(state ? &*state : nullptr);
  return read;
}

std::string update_obstacle(const FieldDefinitions& definitions, const DownloadPlan& plan) {
  if (!std::filesystem::exists(plan.path)) return "there is no such file yet";
  const auto before = read_state_beside(plan.path);
  if (!before) return concat("there is no ", state_file_of(plan.path));
  const auto now = state_of(plan, definitions);
  if (!now) return "the platform does not say what time it is";
  if (find_field(definitions.fields, "id") == nullptr ||
      find_field(definitions.fields, kChangedField) == nullptr) {
    return concat("the platform has no fields id and ", kChangedField);
  }
  return state_difference(*before, *now);
}

IncidentsUpdated update_incidents(PlatformApi& api, const FieldDefinitions& definitions,
                                  const DownloadPlan& plan, const FitContext& context) {
  const auto before = read_state_beside(plan.path);
  auto state = state_of(plan, definitions);
  if (!before || !state) throw InputError(plan.path, ": has no state that fits");
  state->deleted = before->deleted;
  SavedRows saved(plan.path, before->columns);
  if (saved.sha256() != before->csv_sha256) {
    throw InputError(plan.path,
                     ": was changed since it was downloaded; download without --since-last");
  }
  const IdsRead there = scan_ids(api, plan.settings);
  const auto newer = read_newer(api, plan, *before, saved.rows(), there.ids, context);
  IncidentCsv csv(plan.path, definitions);
  // What was created behind the list of ids belongs to it, unless the list was cut short.
  const bool takes_unlisted = !plan.settings.max_count;
  const IncidentsUpdated updated = merge(saved, newer, there, takes_unlisted, csv, *state);
  csv.commit(&*state);
  return updated;
}

}  // namespace resml
