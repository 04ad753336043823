#include "resml/cli/platform_download.hpp"

#include <filesystem>
#include <optional>

#include "resml/base/error.hpp"
#include "resml/base/file.hpp"
#include "resml/base/text.hpp"
#include "resml/cli/platform_connection.hpp"
#include "resml/platform/field_file.hpp"
#include "resml/platform/incident_download.hpp"
#include "resml/settings/config_file.hpp"

namespace resml {
namespace {

constexpr const char* kSamples = "resilient_incidents.csv";

}  // namespace

DownloadSettings wanted_incidents(const SettingsArguments& args) {
  const auto path =
      find_config_file(args.config, std::filesystem::current_path(), environment_value);
  const auto file = path ? std::make_optional(IniFile::read(*path)) : std::nullopt;
  return read_download_settings(file ? &*file : nullptr, parse_overrides(args), environment_value);
}

FieldDefinitions fetch_fields(Session& session, Console& console) {
  FieldDefinitions definitions = fetch_field_definitions(session);
  for (const std::string& warning : definitions.warnings) console.message("warning: " + warning);
  return definitions;
}

void download_to(const std::string& path, const SettingsArguments& args,
                 const GlobalArguments& global, const FitContext& context, Console& console) {
  const DownloadSettings wanted = wanted_incidents(args);
  check_writable(path);
  check_writable(field_file_of(path));
  PlatformConnection connection(connection_settings(args.config, context.stop, console), global,
                                context.stop, console);
  const FieldDefinitions definitions = fetch_fields(connection.session(), console);
  FitContext telling = context;
  telling.on_detail = [&](const std::string& detail) { console.detail(detail); };
  telling.on_warning = [&](const std::string& warning) { console.message(warning); };
  const IncidentsRead read = download_incidents(
      connection.session(), definitions, resolve_time_field(wanted, definitions), path, telling);
  if (read.is_truncated) console.result(concat("Truncated samples at ", read.count));
  console.result(concat("Saved ", read.count, " samples into ", path));
}

std::string download_samples(const SettingsArguments& args, const GlobalArguments& global,
                             const FitContext& context, Console& console) {
  if (!find_config_file(args.config, std::filesystem::current_path(), environment_value)) {
    throw InputError(
        "give the incidents with -c FILE.csv, or say where the platform is in a configuration; "
        "res-ml config writes a sample");
  }
  download_to(kSamples, args, global, context, console);
  console.result(concat("Download and save samples to ", kSamples));
  return kSamples;
}

}  // namespace resml
