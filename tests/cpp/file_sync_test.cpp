// What stays after a power cut. This program's own fsync takes the place of the system's, and tells
// what was synced when.
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "resml/base/file.hpp"
#include "resml/base/text.hpp"
#include "temp_folder.hpp"

namespace {

std::function<void(const std::filesystem::path&)> on_sync;  // what the descriptor is open on

}  // namespace

extern "C" __attribute__((visibility("default"))) int fsync(int fd) {
  if (on_sync) on_sync(std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd)));
  return static_cast<int>(::syscall(SYS_fsync, fd));
}

namespace resml {
namespace {

namespace fs = std::filesystem;

TEST(FileSync, TheContentIsOnTheDiskBeforeItsNameAndThenTheName) {
  const TempFolder temp;
  const fs::path& folder = temp.path();
  const fs::path path = folder / "model.ml";
  write_file_atomically(path, "old", FileMode::Shared);
  std::vector<std::string> order;
  on_sync = [&](const fs::path& synced) {
    order.push_back(concat(synced == folder ? "folder" : "file", " while it has the ",
                           read_file(path), " one"));
  };
  write_file_atomically(path, "new", FileMode::Shared);
  on_sync = nullptr;
  EXPECT_EQ(order, (std::vector<std::string>{"file while it has the old one",
                                             "folder while it has the new one"}));
}

}  // namespace
}  // namespace resml
