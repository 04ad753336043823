#pragma once

#include <filesystem>
#include <vector>

#include "resml/plugin/remote_abi.h"

namespace resml {

// Where the libraries are looked for, in this order: what RESML_PLUGIN_DIR names, the folder of
// this program or module and its neighbours (build tree, wheel, system-wide installation).
std::vector<std::filesystem::path> plugin_folders();

// The library behind remote_abi.h in the first of these folders that has it; it stays loaded.
// PluginError says where it was looked for, why it cannot be loaded, or that it was built for
// another version of this program.
const resml_remote_api& open_remote_plugin(const std::vector<std::filesystem::path>& folders);

// The same from plugin_folders(), at the first call, once.
const resml_remote_api& remote_plugin();

}  // namespace resml
