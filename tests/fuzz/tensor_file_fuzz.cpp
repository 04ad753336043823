// A file is refused with a ModelFileError, or it is exactly what encode_tensor_file() writes.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "resml/base/error.hpp"
#include "resml/tensor/tensor_file.hpp"

namespace {

void check(const std::string& bytes) {
  try {
    const resml::TensorBundle bundle = resml::decode_tensor_file(bytes, "x.ml");
    if (resml::encode_tensor_file(bundle) != bytes) std::abort();
  } catch (const resml::ModelFileError&) {
  }
}

// Nothing would get past the checksum: takes the right one from the message.
std::string with_right_checksum(std::string bytes) {
  try {
    resml::decode_tensor_file(bytes, "x.ml");
  } catch (const resml::ModelFileError& error) {
    const std::string_view message = error.what();
    const std::string_view before = "x.ml: damaged: expected checksum \"";
    if (message.starts_with(before)) bytes.replace(37, 16, message.substr(before.size(), 16));
  }
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  check(bytes);
  check(with_right_checksum(bytes));
  return 0;
}
