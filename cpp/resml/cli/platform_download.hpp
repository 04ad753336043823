#pragma once

#include <string>

#include "resml/base/fit_context.hpp"
#include "resml/cli/commands.hpp"
#include "resml/cli/console.hpp"
#include "resml/cli/training.hpp"
#include "resml/platform/field_definitions.hpp"
#include "resml/platform/incident_csv.hpp"
#include "resml/platform/session.hpp"
#include "resml/settings/download_settings.hpp"

namespace resml {

// What download, build and rebuild share.

// Of the configuration that holds, and --set.
DownloadSettings wanted_incidents(const SettingsArguments& args);

// Fields that are left out are warned of.
FieldDefinitions fetch_fields(Session& session, Console& console);

struct DownloadOrder {
  std::string path;  // of the CSV file
  SettingsArguments settings;
  bool since_last = false;  // read only what changed, where that can be known
  PartialRows partial = PartialRows::Dropped;
};

// Downloads and says so (OB-MSG-01, OB-MSG-03); everything, with the reason, where only what
// changed was asked for and cannot be known.
void download(const DownloadOrder& order, const GlobalArguments& global, const FitContext& context,
              Console& console);

// For a build without a file: into resilient_incidents.csv here (OB-MSG-02). Returns that name.
std::string download_samples(const SettingsArguments& args, const GlobalArguments& global,
                             const FitContext& context, Console& console);

}  // namespace resml
