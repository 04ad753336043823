#include "resml/cli/platform_download.hpp"

#include <chrono>

#include "resml/base/error.hpp"
#include "resml/base/file.hpp"
#include "resml/base/text.hpp"
#include "resml/cli/platform_connection.hpp"
#include "resml/platform/download_state.hpp"
#include "resml/platform/field_file.hpp"
#include "resml/platform/incident_download.hpp"

namespace resml {
namespace {

// Taken off the platform's time: its web server and its database may have clocks of their own, and
// a change is to be seen a little after the time that it bears.
constexpr std::chrono::minutes kOverlap{10};

DownloadPlan plan_download(const std::string& path, const DownloadSettings& wanted,
                           PlatformConnection& connection) {
  const Organization organization = connection.session().log_in();
  DownloadPlan plan{
      .path = path,
      .settings = wanted,
      .platform = concat(connection.settings().host, ", organization ", organization.id)};
  if (const auto time = connection.session().server_time()) {
    const auto started = *time - kOverlap;
    plan.started_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(started.time_since_epoch()).count();
  }
  return plan;
}

}  // namespace

DownloadSettings wanted_incidents(const SettingsArguments& args) {
  const auto file = read_config(args.config);
  return read_download_settings(file ? &*file : nullptr, parse_overrides(args), environment_value);
}

FieldDefinitions fetch_fields(Session& session, Console& console) {
  FieldDefinitions definitions = fetch_field_definitions(session);
  for (const std::string& warning : definitions.warnings) console.message("warning: " + warning);
  return definitions;
}

void download(const DownloadOrder& order, const GlobalArguments& global, const FitContext& context,
              Console& console) {
  const std::string& path = order.path;
  const DownloadSettings wanted = wanted_incidents(order.settings);
  for (const std::string& target : {path, field_file_of(path), state_file_of(path)})
    check_writable(target);
  PlatformConnection connection(order.settings.config, global, context.stop, console);
  const FieldDefinitions definitions = fetch_fields(connection.session(), console);
  FitContext telling = context;
  telling.on_detail = [&](const std::string& detail) { console.detail(detail); };
  telling.on_warning = [&](const std::string& warning) { console.message(warning); };
  DownloadPlan plan = plan_download(path, resolve_time_field(wanted, definitions), connection);
  plan.partial = order.partial;
  const std::string obstacle = order.since_last ? update_obstacle(definitions, plan) : "";
  if (!obstacle.empty()) console.message(concat(path, ": ", obstacle, "; downloading everything"));
  IncidentsRead read;
  bool is_old = order.since_last && obstacle.empty();
  if (!is_old) {
    read = download_incidents(connection.session(), definitions, plan, telling);
    // What was read before the interruption may have changed since.
    is_old = read.n_continued > 0 && update_obstacle(definitions, plan).empty();
  }
  if (is_old) {
    const IncidentsUpdated updated =
        update_incidents(connection.session(), definitions, plan, telling);
    if (order.since_last) {
      console.result(concat(updated.n_new, " new, ", updated.n_changed, " changed, ",
                            updated.n_deleted, " deleted since the last download"));
    }
    read = {.count = updated.count, .is_truncated = updated.is_truncated};
  }
  if (read.is_truncated) console.result(concat("Truncated samples at ", read.count));
  console.result(concat("Saved ", read.count, " samples into ", path));
}

std::string download_samples(const SettingsArguments& args, const GlobalArguments& global,
                             const FitContext& context, Console& console) {
  if (!read_config(args.config)) {
    throw InputError(
        "give the incidents with -c FILE.csv, or say where the platform is in a configuration; "
        "res-ml config writes a sample");
  }
  download({.path = kSamplesFile, .settings = args}, global, context, console);
  console.result(concat("Download and save samples to ", kSamplesFile));
  return kSamplesFile;
}

}  // namespace resml
