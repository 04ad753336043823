#include "resml/platform/incident_download.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "resml/base/error.hpp"
#include "resml/base/file.hpp"
#include "resml/data/incident_cells.hpp"
#include "resml/platform/download_state.hpp"
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
  if (!before || !is_there(file) ||
      SavedRows(file, before->columns, SavedRows::Cut{}).rows().empty()) {
    return plan.started_ms;
  }
  const std::string difference = state_difference(*before, state_of(plan, definitions));
  if (!difference.empty())
    throw InputError(file, ": ", difference, "; download anew, without --resume");
  return before->started_ms == 0 ? std::nullopt : std::optional(before->started_ms);
}

// Brings the rows of a file up to date with the platform.
class Update {
 public:
  Update(PlatformApi& api, const DownloadPlan& plan, const DownloadState& before)
      : api_(api), plan_(plan), before_(before), saved_(plan.path, before.columns) {
    if (saved_.sha256() != before.csv_sha256)
      throw InputError(plan.path, ": was changed since it was downloaded", kDownloadAnew);
  }

  // The rows that changed since the state, and those of incidents that are there and not saved.
  void read(const FitContext& context) {
    const IdsRead there = scan_ids(api_, plan_.settings);
    done_.is_truncated = there.is_truncated;
    ids_ = there.ids;
    const IncidentEvents events =
        telling(context, before_.columns,
                [this](std::int64_t id, const std::string& row) { newer_[id] = row; });
    DownloadSettings changed = plan_.settings;
    changed.max_count.reset();
    changed.changed_from_ms = before_.started_ms;
    read_incidents(api_, changed, events, {.started_ms = plan_.started_ms});
    for (const std::int64_t id : there.ids) {
      throw_if_stopped(context);
      if (std::ranges::binary_search(saved_.rows(), id, {}, &SavedRow::id) || newer_.contains(id))
        continue;
      if (const auto row = read_incident(api_, plan_.settings, id, events.make_row))
        events.on_row(id, *row);
    }
    // What was created behind the list of ids belongs to it, unless the list was cut short.
    if (plan_.settings.max_count) return;
    for (const auto& [id, row] : newer_) {
      if (!std::ranges::binary_search(there.ids, id)) ids_.push_back(id);
    }
    std::ranges::sort(ids_);
  }

  // Each incident once, by id: the newer row where there are two. `state` learns what was deleted.
  IncidentsUpdated write(IncidentCsv& csv, DownloadState& state) {
    auto saved = saved_.rows().begin();
    const auto end = saved_.rows().end();
    const auto drop = [&] {
      state.deleted.push_back((saved++)->id);
      ++done_.n_deleted;
    };
    for (const std::int64_t id : ids_) {
      while (saved != end && saved->id < id) drop();
      const bool was_there = saved != end && saved->id == id;
      const auto newer = newer_.find(id);
      if (!was_there && newer == newer_.end()) continue;  // it went after the ids were read
      const std::string old = was_there ? saved_.read(*saved++) : "";
      const std::string& row = newer == newer_.end() ? old : newer->second;
      csv.append(row);
      ++done_.count;
      if (!was_there) {
        ++done_.n_new;
        std::erase(state.deleted, id);
      } else if (row != old) {
        ++done_.n_changed;
      }
    }
    while (saved != end) drop();
    return done_;
  }

 private:
  PlatformApi& api_;
  const DownloadPlan& plan_;
  const DownloadState& before_;
  SavedRows saved_;
  std::vector<std::int64_t> ids_;              // of the file when it is up to date, ascending
  std::map<std::int64_t, std::string> newer_;  // by id
  IncidentsUpdated done_;
};

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
  if (!is_there(plan.path)) return "there is no such file yet";
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
  Update update(api, plan, *before);
  update.read(context);
  IncidentCsv csv(plan.path, definitions, PartialRows::Dropped, state);
  const IncidentsUpdated updated = update.write(csv, state);
  csv.commit(&state);
  return updated;
}

}  // namespace resml
