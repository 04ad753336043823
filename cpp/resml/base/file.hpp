#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace resml {

// Closed in the end.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  ~FileDescriptor() { close(); }

  int get() const { return fd_; }  // -1 = none
  void close();

 private:
  int fd_;
};

struct RegularFile {
  FileDescriptor fd;
  std::size_t size = 0;  // bytes
};

// For reading; InputError with the system's reason if it cannot be read or is a folder, a device or
// a FIFO.
RegularFile open_regular_file(const std::filesystem::path& path);

enum class FileMode { Private = 0600, Shared = 0644 };

// Whole file; InputError as open_regular_file().
std::string read_file(const std::filesystem::path& path);

// A file that appears at `path` whole or not at all, whatever happens (full disk, kill -9): what is
// appended goes to a temporary file in the same folder, which commit() syncs and renames over
// `path`; without commit() it is removed. It has no name before that where the file system can do
// so, and then nothing of it stays after a kill. A symbolic link is followed: its target is
// replaced. InputError names `path` and the system's reason; a device or a pipe is never replaced.
class AtomicFile {
 public:
  AtomicFile(std::filesystem::path path, FileMode mode);
  // The temporary file is partial_file_of(path) and stays, unless empty, where commit() is not
  // reached, so that another run can continue it. One process at a time: InputError in the others.
  struct Partial {};
  AtomicFile(std::filesystem::path path, FileMode mode, Partial);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  // Only of a partial file: what is appended comes behind its first n bytes, the rest is dropped.
  void continue_behind(std::uint64_t n_bytes);
  void append(std::string_view content);
  void commit();

 private:
  void throw_unless_replaceable() const;
  void name_it();

  std::filesystem::path path_;
  std::filesystem::path target_;  // what `path` leads to
  std::string temporary_;         // empty while there is no such file
  int fd_ = -1;
  bool is_partial_ = false;
};

std::filesystem::path partial_file_of(const std::filesystem::path& path);

// False too where it cannot be looked at: whoever opens it says why.
bool is_there(const std::filesystem::path& path);

// InputError as AtomicFile would throw: asked before long work whose result goes there.
void check_writable(const std::filesystem::path& path);

// The whole content at once.
void write_file_atomically(const std::filesystem::path& path, std::string_view content,
                           FileMode mode);

// A readable sentence for errno.
std::string system_reason(int error_number);

}  // namespace resml
