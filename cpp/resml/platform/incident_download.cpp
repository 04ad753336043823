#include "resml/platform/incident_download.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "resml/base/error.hpp"
#include "resml/data/incident_cells.hpp"
#include "resml/platform/saved_rows.hpp"

namespace resml {
namespace {

IncidentEvents telling(const FitContext& context, const std::vector<std::string>& columns,
                       std::function<void(std::int64_t id, const std::string& row)> on_row) {
  return {
      .make_row =
          [columns](const nlohmann::json& incident) { return incident_row(incident, columns); },
      .on_row =
          [&context, on_row = std::move(on_row)](std::int64_t id, const RowText& row) {
            for (const std::string& warning : row.warnings) context.warn(warning);
            on_row(id, row.text);
          },
      .on_page =
          [&context](std::uint64_t done, std::uint64_t total) {
            throw_if_stopped(context);
            context.report({.what = "incidents", .done = done, .total = total, .has_rate = true});
          },
      .on_detail = context.on_detail,
      .only = members_looked_at(columns)};
}

// What is kept beside the file; without a start it serves only a download that is continued.
DownloadState state_of(const DownloadPlan& plan, const FieldDefinitions& definitions) {
  return {.platform = plan.platform,
          .settings = plan.settings,
          .columns = field_names(definitions),
          .started_ms = plan.started_ms.value_or(0)};
}

// When the interrupted download began, whose rows are to be continued. InputError if they are of
// other settings.
std::optional<std::int64_t> start_of_partial(const DownloadPlan& plan,
                                             const FieldDefinitions& definitions) {
  const std::string file = partial_file_of(plan.path).string();
  const auto before = read_state(partial_state_of(plan.path));
  if (!before || !std::filesystem::exists(file) ||
      SavedRows(file, before->columns, SavedRows::Cut{}).rows().empty()) {
    return plan.started_ms;
  }
  const std::string difference = state_difference(*before, state_of(plan, definitions));
  if (!difference.empty())
    throw InputError(file, ": ", difference, "; download anew, without --resume");
  return before->started_ms == 0 ? std::nullopt : std::optional(before->started_ms);
}

// The rows of the incidents that changed since the state, or are there and not in `saved`.
std::map<std::int64_t, std::string> read_newer(PlatformApi& api, const DownloadPlan& plan,
                                               const DownloadState& before,
                                               const std::vector<SavedRow>& saved,
                                               const std::vector<std::int64_t>& there,
                                               const FitContext& context) {
  std::map<std::int64_t, std::string> newer;
  const IncidentEvents events = telling(
      context, before.columns, [&](std::int64_t id, const std::string& row) { newer[id] = row; });
  DownloadSettings changed = plan.settings;
  changed.max_count.reset();
  changed.changed_from_ms = before.started_ms;
  read_incidents(api, changed, events, {.started_ms = plan.started_ms});
  for (const std::int64_t id : there) {
    throw_if_stopped(context);
    if (std::ranges::binary_search(saved, id, {}, &SavedRow::id) || newer.contains(id)) continue;
    if (const auto row = read_incident(api, plan.settings, id, events.make_row))
      events.on_row(id, *row);
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
                                 const DownloadPlan& given, const FitContext& context) {
  DownloadPlan plan = given;
  if (plan.partial == PartialRows::Continued) plan.started_ms = start_of_partial(plan, definitions);
  auto state = state_of(plan, definitions);
  IncidentCsv csv(plan.path, definitions, plan.partial, state);
  const std::vector<std::string> names = field_names(definitions);
  IncidentEvents events =
      telling(context, names, [&](std::int64_t, const std::string& row) { csv.append(row); });
  events.on_page = [&, on_page = events.on_page](std::uint64_t done, std::uint64_t total) {
    if (plan.partial != PartialRows::Dropped) csv.flush();
    on_page(done, total);
  };
  if (!csv.ids().empty())
    context.warn(concat("continuing behind ", csv.ids().size(), " incidents"));
  IncidentsRead read =
      read_incidents(api, plan.settings, events, {.started_ms = plan.started_ms, .ids = csv.ids()});
  read.n_continued = csv.ids().size();
  csv.commit(plan.started_ms ? &state : nullptr);
  return read;
}

std::string update_obstacle(const FieldDefinitions& definitions, const DownloadPlan& plan) {
  if (!std::filesystem::exists(plan.path)) return "there is no such file yet";
  const auto before = read_state(state_file_of(plan.path));
  if (!before) return concat("there is no ", state_file_of(plan.path));
  if (!plan.started_ms) return "the platform does not say what time it is";
  if (find_field(definitions.fields, "id") == nullptr ||
      find_field(definitions.fields, kChangedField) == nullptr) {
    return concat("the platform has no fields id and ", kChangedField);
  }
  return state_difference(*before, state_of(plan, definitions));
}

IncidentsUpdated update_incidents(PlatformApi& api, const FieldDefinitions& definitions,
                                  const DownloadPlan& plan, const FitContext& context) {
  const auto before = read_state(state_file_of(plan.path));
  if (!before) throw InputError(plan.path, ": has no state");
  DownloadState state = state_of(plan, definitions);
  state.deleted = before->deleted;
  SavedRows saved(plan.path, before->columns);
  if (saved.sha256() != before->csv_sha256) {
    throw InputError(
        plan.path,
        ": was changed since it was downloaded; download anew, without --since-last or "
        "--resume");
  }
  const IdsRead there = scan_ids(api, plan.settings);
  const auto newer = read_newer(api, plan, *before, saved.rows(), there.ids, context);
  IncidentCsv csv(plan.path, definitions, PartialRows::Dropped, state);
  // What was created behind the list of ids belongs to it, unless the list was cut short.
  const bool takes_unlisted = !plan.settings.max_count;
  const IncidentsUpdated updated = merge(saved, newer, there, takes_unlisted, csv, state);
  csv.commit(&state);
  return updated;
}

}  // namespace resml
