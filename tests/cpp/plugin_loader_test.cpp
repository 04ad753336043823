#include "resml/plugin/plugin_loader.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "error_of.hpp"
#include "resml/base/error.hpp"
#include "temp_folder.hpp"

namespace resml {
namespace {

std::string error(const std::vector<std::filesystem::path>& folders) {
  return error_of<PluginError>([&] { open_remote_plugin(folders); });
}

TEST(PluginLoader, FindsThePluginOfThisBuild) {
  const resml_remote_api& api = open_remote_plugin({"/nowhere", RESML_TEST_PLUGINS});
  EXPECT_EQ(std::string(api.library).substr(0, 8), "libcurl/");
}

TEST(PluginLoader, SaysWhereItLooked) {
  EXPECT_EQ(error({"/nowhere", "/and/there"}),
            "resml_remote.so: not found in /nowhere, /and/there; reinstall fn_machine_learning, or "
            "name its folder with RESML_PLUGIN_DIR");
}

TEST(PluginLoader, RefusesAnotherVersion) {
  EXPECT_EQ(error({RESML_TEST_STALE_PLUGINS}), RESML_TEST_STALE_PLUGINS
            "/resml_remote.so: built for another version of this program (interface 2, expected "
            "1); reinstall both together");
}

TEST(PluginLoader, RefusesWhatIsNoLibrary) {
  const TempFolder folder;
  const std::filesystem::path library = folder.path() / "resml_remote.so";
  std::ofstream(library) << "text";
  const std::string told = error({folder.path()});
  // What comes behind it is the system's own reason.
  EXPECT_TRUE(told.starts_with("resml_remote: cannot be loaded: " + library.string() + ": "))
      << told;
}

TEST(PluginLoader, RefusesALibraryOfSomethingElse) {
  const TempFolder folder;
  const std::filesystem::path library = folder.path() / "resml_remote.so";
  Dl_info other{};
  ASSERT_NE(::dladdr(::dlsym(RTLD_DEFAULT, "SHA256"), &other), 0);
  std::filesystem::copy(other.dli_fname, library);
  EXPECT_EQ(error({folder.path()}),
            library.string() + ": is no library of this program; reinstall both together");
}

TEST(PluginLoader, LooksInTheNamedFolderFirst) {
  ::setenv("RESML_PLUGIN_DIR", "/named", 1);
  const auto folders = plugin_folders();
  ::unsetenv("RESML_PLUGIN_DIR");
  ASSERT_EQ(folders.size(), 4U);
  EXPECT_EQ(folders[0], "/named");
  EXPECT_EQ(plugin_folders().size(), 3U);
  EXPECT_TRUE(folders[2].string().ends_with("/lib/resml")) << folders[2];
}

}  // namespace
}  // namespace resml
