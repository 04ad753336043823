#include "resml/base/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "resml/base/error.hpp"

namespace resml {
namespace {

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

// The file that a chain of symbolic links ends at, there or not.
std::filesystem::path resolved(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::path target = path;
  for (int links = 0; links < 40 && std::filesystem::is_symlink(target, ignored); ++links) {
    const auto next = std::filesystem::read_symlink(target, ignored);
    target = next.is_absolute() ? next : target.parent_path() / next;
  }
  return target;
}

[[noreturn]] void throw_cannot_write(const std::filesystem::path& path, int error_number) {
  throw InputError(path.string(), ": cannot be written: ", system_reason(error_number));
}

// So that the rename itself survives a power cut. A folder that cannot be opened or synced (some
// network file systems) does not make the write a failure.
void sync_folder(const std::filesystem::path& folder) {
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() >= 0) ::fsync(fd.get());
}

std::string path_of_descriptor(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

// A file in that folder without a name, which is gone with the process; -1 where the file system
// has none, or there is no way to name it later.
int open_unnamed(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0 || ::access(path_of_descriptor(fd).c_str(), F_OK) == 0) return fd;
  ::close(fd);
  return -1;
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

}  // namespace

std::string system_reason(int error_number) {
  return std::error_code(error_number, std::generic_category()).message();
}

void FileDescriptor::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

RegularFile open_regular_file(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer; it is refused below.
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (fd.get() < 0 || ::fstat(fd.get(), &info) != 0) {
    throw InputError(path.string(), ": cannot be read: ", system_reason(errno));
  }
  if (!S_ISREG(info.st_mode)) throw InputError(path.string(), ": not a regular file");
  return {std::move(fd), static_cast<std::size_t>(info.st_size)};
}

std::string read_file(const std::filesystem::path& path) {
  const auto [fd, size] = open_regular_file(path);
  // One byte more than expected: the last read() then finds the end without growing the text.
  std::string content(size + 1, '\0');
  std::size_t filled = 0;
  while (true) {
    if (filled == content.size()) content.resize(2 * content.size());
    const ssize_t n = ::read(fd.get(), content.data() + filled, content.size() - filled);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw InputError(path.string(), ": cannot be read: ", system_reason(errno));
    if (n == 0) break;
    filled += static_cast<std::size_t>(n);
  }
  content.resize(filled);
  return content;
}

AtomicFile::AtomicFile(std::filesystem::path path, FileMode mode)
    : path_(std::move(path)), target_(resolved(path_)) {
  throw_unless_replaceable();
  fd_ = open_unnamed(folder_of(target_));
  if (fd_ < 0) {
    temporary_ = target_.string() + ".XXXXXX";
    fd_ = ::mkostemp(temporary_.data(), O_CLOEXEC);
  }
  if (fd_ < 0) {
    temporary_.clear();
    throw_cannot_write(path_, errno);
  }
  ::fchmod(fd_, static_cast<mode_t>(mode));
}

AtomicFile::AtomicFile(std::filesystem::path path, FileMode mode, Partial /*tag*/)
    : path_(std::move(path)),
      target_(resolved(path_)),
      temporary_(partial_file_of(path_).string()),
      is_partial_(true) {
  throw_unless_replaceable();
  // O_NOFOLLOW: a link in its place would lead elsewhere.
  fd_ = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
               static_cast<mode_t>(mode));
  if (fd_ < 0) throw_cannot_write(temporary_, errno);
  struct stat opened {};
  struct stat named {};
  // Another process may have renamed it since it was opened here.
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0 || ::fstat(fd_, &opened) != 0 ||
      ::stat(temporary_.c_str(), &named) != 0 || opened.st_ino != named.st_ino) {
    ::close(std::exchange(fd_, -1));
    throw InputError(temporary_, ": is being written by another process");
  }
  ::fchmod(fd_, static_cast<mode_t>(mode));
}

void AtomicFile::throw_unless_replaceable() const {
  using Type = std::filesystem::file_type;
  std::error_code error;
  const Type type = std::filesystem::status(target_, error).type();
  if (type == Type::none) throw_cannot_write(path_, error.value());
  if (type == Type::directory) throw_cannot_write(path_, EISDIR);
  // Renamed over, a device such as /dev/null would be gone for everyone.
  if (type != Type::not_found && type != Type::regular) {
    throw InputError(path_.string(), ": cannot be written: it is no regular file");
  }
}

void AtomicFile::continue_behind(std::uint64_t n_bytes) {
  const auto size = static_cast<off_t>(n_bytes);
  if (::ftruncate(fd_, size) != 0 || ::lseek(fd_, size, SEEK_SET) != size)
    throw_cannot_write(path_, errno);
}

AtomicFile::~AtomicFile() {
  struct stat info {};
  const bool has_bytes = ::stat(temporary_.c_str(), &info) == 0 && info.st_size > 0;
  if (!temporary_.empty() && !(is_partial_ && has_bytes)) ::unlink(temporary_.c_str());
  if (fd_ >= 0) ::close(fd_);
}

void AtomicFile::append(std::string_view content) {
  if (!write_all(fd_, content)) throw_cannot_write(path_, errno);
}

void AtomicFile::commit() {
  if (::fsync(fd_) != 0) throw_cannot_write(path_, errno);
  if (temporary_.empty()) name_it();
  // close() can report that the data did not reach the disk.
  if (::close(std::exchange(fd_, -1)) != 0 || ::rename(temporary_.c_str(), target_.c_str()) != 0) {
    throw_cannot_write(path_, errno);
  }
  temporary_.clear();
  sync_folder(folder_of(target_));
}

// A link cannot replace a file, so it takes a name beside it first: its inode's number, which no
// file that is there has.
void AtomicFile::name_it() {
  struct stat info {};
  if (::fstat(fd_, &info) != 0) throw_cannot_write(path_, errno);
  std::string name = target_.string() + '.' + std::to_string(info.st_ino);
  if (::linkat(AT_FDCWD, path_of_descriptor(fd_).c_str(), AT_FDCWD, name.c_str(),
               AT_SYMLINK_FOLLOW) != 0) {
    throw_cannot_write(path_, errno);
  }
  temporary_ = std::move(name);
}

std::filesystem::path partial_file_of(const std::filesystem::path& path) {
  return resolved(path).string() + ".partial";
}

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

void check_writable(const std::filesystem::path& path) {
  const AtomicFile probe(path, FileMode::Private);
}

void write_file_atomically(const std::filesystem::path& path, std::string_view content,
                           FileMode mode) {
  AtomicFile file(path, mode);
  file.append(content);
  file.commit();
}

}  // namespace resml
