#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/cli/commands.hpp"
#include "resml/cli/console.hpp"
#include "resml/pipeline/model.hpp"
#include "resml/pipeline/source.hpp"
#include "resml/settings/ini_file.hpp"
#include "resml/settings/machine_learning_settings.hpp"

namespace resml {

// What build, compare and rebuild share.

// Where the settings come from.
struct SettingsArguments {
  std::string config;                  // "" = ml.config here, else app.config
  std::vector<std::string> overrides;  // "KEY=VALUE"
};
void add_config_option(CLI::App& command, std::string& path,
                       const std::string& help = "configuration file");
void add_settings_options(CLI::App& command, SettingsArguments& args);
// The configuration file that holds here (OB-CFG-01), `given` if not empty; nothing without one.
std::optional<IniFile> read_config(const std::string& given);
// The overrides, one by one. InputError for a text of another form.
std::vector<std::pair<std::string, std::string>> parse_overrides(const SettingsArguments& args);
MachineLearningSettings read_settings(const SettingsArguments& args, const GlobalArguments& global,
                                      Console& console);

// Threads, a stop on Ctrl-C, progress on standard error where that is a terminal.
FitContext make_context(const GlobalArguments& global, std::uint64_t seed);

// The columns that a build with these settings needs. InputError, before anything is read, where
// they name no recipe.
Source read_samples(const std::string& csv, const MachineLearningSettings& settings,
                    const FitContext& context);

// Learns and says so: with -v the settings as they hold and, for every held-out incident, what was
// true and what was predicted.
Model train(const Source& source, const MachineLearningSettings& settings,
            const FitContext& context, Console& console);

// "YYYY-mm-dd HH:MM:SS"
std::string local_time();

}  // namespace resml
