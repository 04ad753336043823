#include "resml/tensor/tensor_file.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>
#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>

#include "resml/base/error.hpp"
#include "resml/base/huge_pages.hpp"
#include "resml/base/text.hpp"
#include "resml/base/utf8.hpp"
#include "resml/tensor/tensor_header.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace resml {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie");

constexpr std::size_t kChecksumAt = kLengthBytes + kHeaderStart.size();
constexpr std::size_t kSmallestFile = kChecksumAt + kChecksumDigits;

// Of the whole file, part after part, with zeros in place of its own digits, which are in the
// first.
std::string checksum_of(std::span<const std::string_view> parts) {
  constexpr std::string_view kZeros = "0000000000000000";
  static_assert(kZeros.size() == kChecksumDigits);
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  XXH3_64bits_update(&state, parts.front().data(), kChecksumAt);
  XXH3_64bits_update(&state, kZeros.data(), kZeros.size());
  const std::string_view rest = parts.front().substr(kSmallestFile);
  XXH3_64bits_update(&state, rest.data(), rest.size());
  for (const std::string_view part : parts.subspan(1)) {
    XXH3_64bits_update(&state, part.data(), part.size());
  }
  std::uint64_t hash = XXH3_64bits_digest(&state);
  std::string digits(kChecksumDigits, '0');
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, hash >>= 4)
    *digit = kHexDigits[hash & 15];
  return digits;
}

std::string_view bytes_of(const Array& values) {
  return std::visit(
      []<class T>(const std::vector<T>& vector) {
        return std::string_view(reinterpret_cast<const char*>(vector.data()),
                                vector.size() * sizeof(T));
      },
      values);
}

void check_name(std::string_view name, std::string_view reserved) {
  if (name == reserved || find_invalid_utf8(name) != std::string_view::npos)
    throw std::logic_error(concat("a model file cannot hold the name ", quoted(name)));
}

TensorHeader describe(const TensorBundle& bundle) {
  TensorHeader header{.strings = {bundle.strings().begin(), bundle.strings().end()}, .arrays = {}};
  for (const auto& [key, value] : header.strings) {
    check_name(key, kChecksumName);
    if (find_invalid_utf8(value) != std::string_view::npos)
      throw std::logic_error(concat("string ", quoted(key), " is not UTF-8"));
  }
  for (const auto& [name, tensor] : bundle.tensors()) {
    check_name(name, kMetadataName);
    header.arrays.push_back({.name = name,
                             .type = tensor.values->index(),
                             .shape = tensor.shape,
                             .begin = 0,
                             .end = 0});
  }
  std::stable_sort(header.arrays.begin(), header.arrays.end(),
                   [](const ArrayEntry& a, const ArrayEntry& b) {
                     return kElementTypes[a.type].bytes > kElementTypes[b.type].bytes;
                   });
  std::uint64_t end = 0;
  for (ArrayEntry& array : header.arrays) {
    array.begin = end;
    end = array.end = end + bytes_of(*bundle.tensors().find(array.name)->second.values).size();
  }
  return header;
}

// Its length once it is known to lie inside the file.
std::size_t header_length(std::string_view file, std::string_view name) {
  if (file.size() < kSmallestFile)
    throw ModelFileError(name, ": too short for a model file, got ", file.size(), " bytes");
  if (file.substr(kLengthBytes, kHeaderStart.size()) != kHeaderStart)
    throw ModelFileError(name, ": not a model file of this program; res-ml build makes one");
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), sizeof length);
  if (length > file.size() - kLengthBytes)
    throw ModelFileError(name, ": header claims ", length, " bytes, the file has ",
                         file.size() - kLengthBytes);
  if (length > kMaxHeaderBytes)
    throw ModelFileError(name, ": header claims ", length, " bytes, expected up to ",
                         kMaxHeaderBytes);
  if (length % kLengthBytes != 0)
    throw ModelFileError(name, ": header claims ", length, " bytes, expected a multiple of ",
                         kLengthBytes);
  return length;
}

void check_checksum(std::string_view file, std::string_view name) {
  const std::string expected = checksum_of({&file, 1});
  const std::string_view got = file.substr(kChecksumAt, kChecksumDigits);
  if (got != expected)
    throw ModelFileError(name, ": damaged: expected checksum ", quoted(expected), ", got ",
                         quoted(got));
}

// Through a block that stays in the cache: a vector made with its final length would first be
// filled with zeros, which costs as much as the copy.
template <class T>
std::vector<T> copy_values(std::string_view bytes) {
  std::array<T, 4096 / sizeof(T)> block;
  std::vector<T> values;
  values.reserve(bytes.size() / sizeof(T));
  prefer_huge_pages(values.data(), bytes.size());
  while (!bytes.empty()) {
    const std::size_t n = std::min(block.size(), bytes.size() / sizeof(T));
    std::memcpy(block.data(), bytes.data(), n * sizeof(T));
    values.insert(values.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(n));
    bytes.remove_prefix(n * sizeof(T));
  }
  return values;
}

template <std::size_t type = 0>
Array copy_array(std::size_t wanted, std::string_view bytes) {
  if constexpr (type < std::variant_size_v<Array>) {
    if (type != wanted) return copy_array<type + 1>(wanted, bytes);
    return copy_values<typename std::variant_alternative_t<type, Array>::value_type>(bytes);
  } else {
    throw std::logic_error("no such element type");
  }
}

}  // namespace

void write_tensor_file(const TensorBundle& bundle,
                       const std::function<void(std::string_view)>& append) {
  const TensorHeader header = describe(bundle);
  const std::string text = write_header(header);
  if (text.size() > kMaxHeaderBytes)
    throw InputError("model: its names and values take ", text.size(),
                     " bytes, a model file holds up to ", kMaxHeaderBytes,
                     "; leave out features with that many values");
  const std::uint64_t length = text.size();
  std::string head(kLengthBytes, '\0');
  std::memcpy(head.data(), &length, sizeof length);
  head += text;
  std::vector<std::string_view> parts = {head};
  for (const ArrayEntry& array : header.arrays)
    parts.push_back(bytes_of(*bundle.tensors().find(array.name)->second.values));
  // In the same place, so that parts[0] sees it.
  head.replace(kChecksumAt, kChecksumDigits, checksum_of(parts));
  for (const std::string_view part : parts) append(part);
}

std::string encode_tensor_file(const TensorBundle& bundle) {
  std::string file;
  write_tensor_file(bundle, [&](std::string_view part) { file += part; });
  return file;
}

TensorBundle decode_tensor_file(std::string_view bytes, std::string_view name) {
  const std::size_t length = header_length(bytes, name);
  const std::string_view arrays = bytes.substr(kLengthBytes + length);
  TensorHeader header = parse_header(bytes.substr(kLengthBytes, length), arrays.size(), name);
  check_checksum(bytes, name);
  TensorBundle bundle;
  for (auto& [key, value] : header.strings) bundle.add_string(key, std::move(value));
  for (ArrayEntry& array : header.arrays)
    bundle.add_tensor(std::move(array.name),
                      copy_array(array.type, arrays.substr(array.begin, array.end - array.begin)),
                      std::move(array.shape));
  return bundle;
}

}  // namespace resml
