#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace resml {

enum class FileMode { Private = 0600, Shared = 0644 };

// Whole file; InputError with the system's reason if it cannot be read or is not a regular file.
std::string read_file(const std::filesystem::path& path);

// A file that appears at `path` whole or not at all, whatever happens (full disk, kill -9): what is
// appended goes to a temporary file in the same folder, which commit() syncs and renames over
// `path`; without commit() it is removed. A symbolic link is followed: its target is replaced.
// InputError names `path` and the system's reason; a device or a pipe is never replaced.
class AtomicFile {
 public:
  AtomicFile(std::filesystem::path path, FileMode mode);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  void append(std::string_view content);
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path target_;  // what `path` leads to
  std::string temporary_;         // empty once there is no such file
  int fd_ = -1;
};

// InputError as AtomicFile would throw: asked before long work whose result goes there.
void check_writable(const std::filesystem::path& path);

// The whole content at once.
void write_file_atomically(const std::filesystem::path& path, std::string_view content,
                           FileMode mode);

// A readable sentence for errno.
std::string system_reason(int error_number);

}  // namespace resml
