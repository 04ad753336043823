#include "resml/base/file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "error_of.hpp"
#include "resml/base/error.hpp"
#include "temp_folder.hpp"

namespace resml {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  std::size_t n_entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  const TempFolder temp_;
  const fs::path& folder_ = temp_.path();
};

TEST_F(FileTest, WritesAndReadsWithTheModeAsked) {
  const fs::path path = folder_ / "model.ml";
  const std::string content(100'000, 'x');
  write_file_atomically(path, content, FileMode::Private);
  EXPECT_EQ(read_file(path), content);
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST_F(FileTest, APartialFileStaysAndIsContinuedByOneAtATime) {
  const fs::path path = folder_ / "a.csv";
  {
    AtomicFile file(path, FileMode::Private, AtomicFile::Partial{});
    file.append("one,two");
    EXPECT_EQ(error_of<InputError>(
                  [&] { const AtomicFile other(path, FileMode::Private, AtomicFile::Partial{}); }),
              path.string() + ".partial: is being written by another process");
  }
  EXPECT_EQ(read_file(partial_file_of(path)), "one,two");
  EXPECT_FALSE(fs::exists(path));
  AtomicFile file(path, FileMode::Private, AtomicFile::Partial{});
  file.continue_behind(4);
  file.append("three");
  file.commit();
  EXPECT_EQ(read_file(path), "one,three");
  EXPECT_EQ(n_entries(), 1);
  { const AtomicFile empty(folder_ / "b.csv", FileMode::Private, AtomicFile::Partial{}); }
  EXPECT_EQ(n_entries(), 1);
}

TEST_F(FileTest, NothingIsThereBeforeTheEndSoThatAKillLeavesNothing) {
  const int probe = ::open(folder_.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (probe < 0) GTEST_SKIP() << "this file system has no files without a name";
  ::close(probe);
  const fs::path path = folder_ / "a.csv";
  AtomicFile file(path, FileMode::Shared);
  AtomicFile other(path, FileMode::Private);
  file.append("one");
  other.append("two");
  EXPECT_EQ(n_entries(), 0);
  file.commit();
  EXPECT_EQ(read_file(path), "one");
  other.commit();
  EXPECT_EQ(read_file(path), "two");
  EXPECT_EQ(n_entries(), 1);
}

TEST_F(FileTest, AnEmptyFileIsRead) {
  write_file_atomically(folder_ / "empty", "", FileMode::Shared);
  EXPECT_EQ(read_file(folder_ / "empty"), "");
}

TEST_F(FileTest, ReplacesTheTargetOfALink) {
  write_file_atomically(folder_ / "real", "old", FileMode::Shared);
  fs::create_symlink("real", folder_ / "link");
  write_file_atomically(folder_ / "link", "new", FileMode::Shared);
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(read_file(folder_ / "real"), "new");
}

TEST_F(FileTest, APartialFileThatCannotTakeItsNameStays) {
  const fs::path path = folder_ / "a.csv";
  {
    AtomicFile file(path, FileMode::Private, AtomicFile::Partial{});
    file.append("one,two");
    fs::create_directory(path);
    EXPECT_EQ(error_of<InputError>([&] { file.commit(); }),
              path.string() + ": cannot be written: Is a directory");
  }
  EXPECT_EQ(read_file(partial_file_of(path)), "one,two");
}

// As a device would be: /dev/null itself is in no test's danger.
TEST_F(FileTest, APipeIsNotReplaced) {
  const fs::path pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(error_of<InputError>([&] { check_writable(pipe); }),
            pipe.string() + ": cannot be written: it is no regular file");
  EXPECT_TRUE(fs::is_fifo(pipe));
  EXPECT_EQ(n_entries(), 1U);
}

// A limit on the size of files behaves as a full disk does.
TEST_F(FileTest, AFullDiskLeavesTheOldFile) {
  const fs::path path = folder_ / "model.ml";
  write_file_atomically(path, "old", FileMode::Shared);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{.rlim_cur = 4096, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string message = error_of<InputError>(
      [&] { write_file_atomically(path, std::string(10'000, 'n'), FileMode::Shared); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(message, path.string() + ": cannot be written: File too large");
  EXPECT_EQ(read_file(path), "old");
  EXPECT_EQ(n_entries(), 1U);  // no temporary file is left
}

TEST_F(FileTest, WithoutCommitNothingAppears) {
  write_file_atomically(folder_ / "answers.csv", "old", FileMode::Shared);
  {
    AtomicFile file(folder_ / "answers.csv", FileMode::Private);
    file.append("new");
    EXPECT_LE(n_entries(), 2U);  // it has a name where the file system needs one
  }
  EXPECT_EQ(n_entries(), 1U);
  EXPECT_EQ(read_file(folder_ / "answers.csv"), "old");
}

TEST_F(FileTest, SaysWhyAFileCannotBeUsed) {
  const std::string folder = folder_.string();
  EXPECT_EQ(error_of<InputError>([&] { read_file(folder_ / "none"); }),
            folder + "/none: cannot be read: No such file or directory");
  EXPECT_EQ(error_of<InputError>([&] { read_file(folder_); }), folder + ": not a regular file");
  ASSERT_EQ(::mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(error_of<InputError>([&] { read_file(folder_ / "fifo"); }),
            folder + "/fifo: not a regular file");
  EXPECT_EQ(error_of<InputError>([&] { write_file_atomically(folder_, "x", FileMode::Shared); }),
            folder + ": cannot be written: Is a directory");
  EXPECT_EQ(
      error_of<InputError>([&] { write_file_atomically(folder_ / "no/x", "x", FileMode::Shared); }),
      folder + "/no/x: cannot be written: No such file or directory");
}

}  // namespace
}  // namespace resml
