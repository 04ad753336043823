#include "resml/platform/incident_download.hpp"

#include <nlohmann/json.hpp>
#include <vector>

#include "resml/base/error.hpp"
#include "resml/base/file.hpp"
#include "resml/data/csv_writer.hpp"
#include "resml/data/incident_cells.hpp"
#include "resml/platform/field_file.hpp"

namespace resml {
namespace {

constexpr std::size_t kBytesAtOnce = std::size_t{1} << 20;

std::vector<std::string> names_of(const FieldDefinitions& definitions) {
  std::vector<std::string> names;
  for (const FieldDefinition& field : definitions.fields) names.push_back(field.name);
  return names;
}

std::string cell_or_empty(const nlohmann::json& incident, const std::string& name,
                          const FitContext& context) {
  try {
    return incident_cell(incident, name);
  } catch (const InputError& error) {
    context.warn(concat("Exception in reading incident field ", name, ": ", error.what()));
    return "";
  }
}

}  // namespace

DownloadSettings resolve_time_field(DownloadSettings settings,
                                    const FieldDefinitions& definitions) {
  if (!settings.from_ms && !settings.until_ms) return settings;
  const FieldDefinition* field = find_field(definitions.fields, settings.time_field);
  if (field == nullptr) {
    throw InputError("time_field: the platform has no field ", quoted(settings.time_field),
                     did_you_mean(settings.time_field, names_of(definitions)));
  }
  if (field->kind != FieldKind::Date) {
    throw InputError("time_field: expected a field with dates, got ", quoted(field->name),
                     ", which is a ", field->input_type);
  }
  if (!field->prefix.empty()) settings.time_field = concat(field->prefix, '.', field->name);
  return settings;
}

IncidentsRead download_incidents(PlatformApi& api, const FieldDefinitions& definitions,
                                 const DownloadSettings& settings, const std::string& path,
                                 const FitContext& context) {
  if (definitions.fields.empty()) throw RemoteError("the platform names no field of incidents");
  AtomicFile csv(path, FileMode::Private);
  AtomicFile fields(field_file_of(path), FileMode::Private);
  fields.append(encode_fields(definitions.fields));

  const std::vector<std::string> names = names_of(definitions);
  std::string out;
  append_csv_row(out, names);
  std::vector<std::string> cells(names.size());
  const auto write = [&](const nlohmann::json& incident) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      cells[i] = cell_or_empty(incident, names[i], context);
    }
    append_csv_row(out, cells);
    if (out.size() < kBytesAtOnce) return;
    csv.append(out);
    out.clear();
  };
  const IncidentsRead read = read_incidents(
      api, settings,
      {.on_incident = write,
       .on_page =
           [&](std::uint64_t done, std::uint64_t total) {
             throw_if_stopped(context);
             context.report({.what = "incidents", .done = done, .total = total, .has_rate = true});
           },
       .on_detail = context.on_detail});
  csv.append(out);
  fields.commit();
  csv.commit();
  return read;
}

}  // namespace resml
