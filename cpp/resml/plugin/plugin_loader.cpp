#include "resml/plugin/plugin_loader.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <string_view>
#include <system_error>

#include "resml/base/error.hpp"
#include "resml/base/file.hpp"
#include "resml/base/text.hpp"

namespace resml {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRemote = "resml_remote";

// The folder of the file that this code was linked into. For the program dladdr would say how it
// was called, not where it is.
fs::path own_folder() {
  Dl_info info{};
  std::error_code ignored;
  fs::path file = "/proc/self/exe";
  if (::dladdr(reinterpret_cast<const void*>(&plugin_folders), &info) != 0 &&
      std::string_view(info.dli_fname).ends_with(".so")) {
    file = info.dli_fname;
  }
  return fs::canonical(file, ignored).parent_path();
}

std::string names_of(const std::vector<fs::path>& folders) {
  std::vector<std::string> names;
  for (const fs::path& folder : folders) names.push_back(folder.string());
  return join(names, ", ");
}

}  // namespace

std::vector<fs::path> plugin_folders() {
  std::vector<fs::path> folders;
  if (const char* named = ::secure_getenv("RESML_PLUGIN_DIR"); named != nullptr && *named != '\0')
    folders.emplace_back(named);
  const fs::path own = own_folder();
  // The build tree; bin/ of an installation; lib/python3.x/site-packages/resml/ of one.
  for (const char* relative : {".", "../lib/resml", "../../../resml"})
    folders.push_back((own / relative).lexically_normal());
  return folders;
}

const resml_remote_api& open_remote_plugin(const std::vector<fs::path>& folders) {
  for (const fs::path& folder : folders) {
    const fs::path path = folder / concat(kRemote, ".so");
    if (!is_there(path)) continue;
    void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) throw PluginError(kRemote, ": cannot be loaded: ", ::dlerror());
    void* entry = ::dlsym(library, RESML_REMOTE_ENTRY);
    if (entry == nullptr) {
      throw PluginError(path.string(), ": is no library of this program; reinstall both together");
    }
    const auto* api = reinterpret_cast<resml_remote_entry_function>(entry)();
    if (api == nullptr) throw PluginError(path.string(), ": libcurl cannot start");
    if (api->abi != RESML_REMOTE_ABI) {
      throw PluginError(path.string(), ": built for another version of this program (interface ",
                        api->abi, ", expected ", RESML_REMOTE_ABI, "); reinstall both together");
    }
    return *api;
  }
  throw PluginError(kRemote, ".so: not found in ", names_of(folders),
                    "; reinstall fn_machine_learning, or name its folder with RESML_PLUGIN_DIR");
}

const resml_remote_api& remote_plugin() {
  static const resml_remote_api& api = open_remote_plugin(plugin_folders());
  return api;
}

}  // namespace resml
