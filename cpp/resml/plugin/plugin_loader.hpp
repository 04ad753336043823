#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "resml/plugin/remote_abi.h"

namespace resml {

// Where the libraries are looked for, in this order: what RESML_PLUGIN_DIR names, the folder of
// this program or module and its neighbours (build tree, wheel, system-wide installation).
std::vector<std::filesystem::path> plugin_folders();

// The address of `entry` in the first "name.so" in `folders`; the library stays loaded.
// PluginError says where it was looked for, or why it cannot be loaded.
struct LoadedPlugin {
  std::filesystem::path path;
  void* entry = nullptr;
};
LoadedPlugin load_plugin(const std::string& name, const char* entry,
                         const std::vector<std::filesystem::path>& folders);

// The library behind remote_abi.h, loaded at the first call, once. PluginError if it is missing or
// built for another version of this program.
const resml_remote_api& remote_plugin();

}  // namespace resml
