#include "resml/data/byte_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "resml/base/error.hpp"
#include "resml/base/file.hpp"

namespace resml {
namespace {

class DescriptorSource final : public ByteSource {
 public:
  DescriptorSource(int fd, bool owned, std::string name)
      : fd_(fd), owned_(owned), name_(std::move(name)) {}
  DescriptorSource(const DescriptorSource&) = delete;
  DescriptorSource& operator=(const DescriptorSource&) = delete;
  ~DescriptorSource() override {
    if (owned_ && fd_ >= 0) ::close(fd_);
  }

  void require_regular_file() {
    struct stat info {};
    if (fd_ < 0 || ::fstat(fd_, &info) != 0) {
      throw InputError(name_, ": cannot be read: ", system_reason(errno));
    }
    if (!S_ISREG(info.st_mode)) throw InputError(name_, ": not a regular file");
    total_ = static_cast<std::size_t>(info.st_size);
  }

  std::size_t read(char* buffer, std::size_t size) override {
    while (true) {
      const ssize_t n = ::read(fd_, buffer, size);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw InputError(name_, ": cannot be read: ", system_reason(errno));
      n_read_ += static_cast<std::size_t>(n);
      if (n == 0 && n_read_ < total_) {
        throw InputError(name_, ": became shorter while it was read: ", n_read_, " of ", total_,
                         " bytes");
      }
      return static_cast<std::size_t>(n);
    }
  }
  std::string name() const override { return name_; }
  std::size_t total_bytes() const override { return total_; }

 private:
  int fd_;
  bool owned_;
  std::string name_;
  std::size_t total_ = 0;
  std::size_t n_read_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> open_file(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer; it is refused next.
  auto source = std::make_unique<DescriptorSource>(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK), true, path.string());
  source->require_regular_file();
  return source;
}

std::unique_ptr<ByteSource> open_stdin() {
  return std::make_unique<DescriptorSource>(STDIN_FILENO, false, "<stdin>");
}

}  // namespace resml
