#include "resml/data/byte_source.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "resml/base/error.hpp"
#include "resml/base/file.hpp"

namespace resml {
namespace {

class DescriptorSource final : public ByteSource {
 public:
  DescriptorSource(RegularFile file, std::string name)
      : file_(std::move(file)), name_(std::move(name)) {}

  std::size_t read(char* buffer, std::size_t size) override {
    while (true) {
      const ssize_t n = ::read(file_.fd.get(), buffer, size);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw InputError(name_, ": cannot be read: ", system_reason(errno));
      n_read_ += static_cast<std::size_t>(n);
      if (n == 0 && n_read_ < file_.size) {
        throw InputError(name_, ": became shorter while it was read: ", n_read_, " of ", file_.size,
                         " bytes");
      }
      return static_cast<std::size_t>(n);
    }
  }
  std::string name() const override { return name_; }
  std::size_t total_bytes() const override { return file_.size; }

 private:
  RegularFile file_;
  std::string name_;
  std::size_t n_read_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> open_file(const std::filesystem::path& path) {
  return std::make_unique<DescriptorSource>(open_regular_file(path), path.string());
}

std::unique_ptr<ByteSource> open_stdin() {
  // A descriptor of its own, which may be closed.
  return std::make_unique<DescriptorSource>(
      RegularFile{.fd = FileDescriptor(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0))}, "<stdin>");
}

}  // namespace resml
