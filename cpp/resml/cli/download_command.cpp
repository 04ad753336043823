#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "resml/cli/commands.hpp"
#include "resml/cli/console.hpp"
#include "resml/cli/platform_connection.hpp"
#include "resml/cli/platform_download.hpp"
#include "resml/cli/training.hpp"
#include "resml/platform/incident_download.hpp"
#include "resml/settings/machine_learning_settings.hpp"

namespace resml {
namespace {

struct DownloadArguments {
  DownloadOrder order;
  bool dry_run = false;
  bool resume = false;
  std::string connections;
};

std::string filter_text(const DownloadSettings& wanted) {
  std::string text;
  if (wanted.from_ms) text += concat(" from ", wanted.time_start);
  if (wanted.until_ms) text += concat(" to ", wanted.time_end);
  return text.empty() ? "all incidents" : wanted.time_field + text;
}

// What the platform would be asked for.
void show_plan(const DownloadOrder& order, const GlobalArguments& global, const FitContext& context,
               Console& console) {
  DownloadSettings wanted = wanted_incidents(order.settings);
  PlatformConnection connection(order.settings.config, global, context.stop, console);
  const FieldDefinitions definitions = fetch_fields(connection.session(), console);
  wanted = resolve_time_field(std::move(wanted), definitions);
  const auto count = count_incidents(connection.session(), wanted);
  const std::vector<std::string> names = field_names(definitions);
  console.result(concat("File:      ", order.path));
  console.result(concat("Filter:    ", filter_text(wanted)));
  console.result(
      concat("Incidents: ", count ? concat(*count) : "the platform does not say how many",
             wanted.max_count ? concat(", at most ", *wanted.max_count, " are saved") : ""));
  console.result(concat("Fields:    ", names.size(), ": ", join(names, ", ")));
}

void download(const DownloadArguments& args, const GlobalArguments& global) {
  DownloadOrder order = args.order;
  check_download_overrides(parse_overrides(order.settings));
  if (!args.connections.empty())
    order.settings.overrides.push_back("connections=" + args.connections);
  order.partial = args.resume ? PartialRows::Continued : PartialRows::Kept;
  Console console(global.verbose);
  const FitContext context = make_context(global, 0);
  if (args.dry_run) {
    show_plan(order, global, context, console);
  } else {
    download(order, global, context, console);
  }
}

}  // namespace

void add_download_command(CLI::App& app, const GlobalArguments& global) {
  auto args = std::make_shared<DownloadArguments>();
  CLI::App* command = app.add_subcommand(
      "download",
      "Save the platform's incidents as a CSV file, one column for each field, and what the\n"
      "platform says about the fields as NAME.csv.fields.json beside it.\n"
      "Example: res-ml download -o incidents.csv --set time_start=2024-01-01\n"
      "Example: res-ml download -o incidents.csv --since-last\n"
      "Example: res-ml download -o incidents.csv --resume");
  command->add_option("-o,--output", args->order.path, "CSV file to write")->required();
  add_settings_options(*command, args->order.settings);
  command
      ->add_option(
          "--connections", args->connections,
          concat("how many pages are asked for at once (default: ", kDefaultConnections, ")"))
      ->check(CLI::Range(1U, kMaxConnections));
  CLI::Option* dry_run =
      command->add_flag("--dry-run", args->dry_run, "say what would be downloaded, write nothing");
  command
      ->add_flag("--since-last", args->order.since_last,
                 "read only what changed since the last download into that file")
      ->excludes(dry_run);
  command
      ->add_flag("--resume", args->resume,
                 "continue a download into that file that was interrupted, if there is one")
      ->excludes(dry_run)
      ->excludes("--since-last");
  command->callback([args, &global] { download(*args, global); });
}

}  // namespace resml
