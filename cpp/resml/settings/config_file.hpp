#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "resml/settings/ini_file.hpp"

namespace resml {

// Which configuration file holds (OB-CFG-01): `given` if not empty, else ml.config in `folder`,
// else what the environment's APP_CONFIG_FILE names, there or not, else app.config in `folder`,
// else ~/.resilient/app.config; nothing if none exists.
std::optional<std::filesystem::path> find_config_file(const std::string& given,
                                                      const std::filesystem::path& folder,
                                                      const Environment& environment);

// "~" and "~/..." as a shell does it; "~user" is left alone.
std::filesystem::path expand_home(const std::string& path, const Environment& environment);

// Text of the sample file that `res-ml config` writes (OB-CFG-10).
std::string sample_config();

}  // namespace resml
