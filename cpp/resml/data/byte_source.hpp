#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

namespace resml {

// Where bytes come from: a file, standard input. read() fills up to `size` bytes and returns how
// many, 0 at the end.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::size_t read(char* buffer, std::size_t size) = 0;
  virtual std::string name() const = 0;         // for messages: the path, "<stdin>"
  virtual std::size_t total_bytes() const = 0;  // 0 = not known
};

// InputError names the path and the system's reason; a folder, a device or a FIFO is refused.
std::unique_ptr<ByteSource> open_file(const std::filesystem::path& path);
std::unique_ptr<ByteSource> open_stdin();

}  // namespace resml
