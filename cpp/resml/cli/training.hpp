#pragma once

#include <string>
#include <utility>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/cli/commands.hpp"
#include "resml/pipeline/source.hpp"
#include "resml/settings/machine_learning_settings.hpp"

namespace resml {

// What build and rebuild share.

// Threads, a stop on Ctrl-C, progress on standard error where that is a terminal.
FitContext make_context(const GlobalArguments& global, std::uint64_t seed);

// The columns that a build with these settings needs.
Source read_samples(const std::string& csv, const MachineLearningSettings& settings,
                    const FitContext& context);

std::string local_time();

// "KEY=VALUE" as --set gives it. InputError without "=".
std::vector<std::pair<std::string, std::string>> parse_overrides(
    const std::vector<std::string>& texts);

}  // namespace resml
