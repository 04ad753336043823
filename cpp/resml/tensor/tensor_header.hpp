#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "resml/tensor/tensor_bundle.hpp"

namespace resml {

struct ElementType {
  std::string_view code;  // as the safetensors layout calls it
  std::size_t bytes;
};
// In the order of the alternatives of Array.
inline constexpr std::array<ElementType, std::variant_size_v<Array>> kElementTypes = {
    {{"F64", 8}, {"F32", 4}, {"U8", 1}, {"U16", 2}, {"I32", 4}, {"U32", 4}, {"U64", 8}}};

// One array as the header describes it.
struct ArrayEntry {
  std::string name;
  std::size_t type = 0;  // index into kElementTypes
  std::vector<std::size_t> shape;
  std::uint64_t begin = 0;  // bytes, counted from the end of the header
  std::uint64_t end = 0;
};

// The JSON text at the start of a model file. Only one spelling is written and read: no blanks, the
// keys in the order given here, so that the same bundle gives the same bytes and nothing has to be
// decided about repeated keys, nesting or other numbers than offsets.
struct TensorHeader {
  std::map<std::string, std::string, std::less<>> strings;
  // Larger elements first, so that each array is aligned; then by name.
  std::vector<ArrayEntry> arrays;
};

inline constexpr std::string_view kMetadataName = "__metadata__";
inline constexpr std::string_view kChecksumName = "checksum";
// Where the checksum stands is thereby the same in every file.
inline constexpr std::string_view kHeaderStart = R"({"__metadata__":{"checksum":")";
// Before the header stand the bytes of its length.
inline constexpr std::size_t kLengthBytes = sizeof(std::uint64_t);
inline constexpr std::size_t kChecksumDigits = 16;
inline constexpr std::uint64_t kMaxHeaderBytes = 64ULL << 20;

// With zeros for the checksum; blanks at the end make its length a multiple of 8.
std::string write_header(const TensorHeader& header);

// `text` begins with kHeaderStart. Checks everything but the checksum; the arrays follow each other
// and end at `n_array_bytes`. ModelFileError "<name>: ...".
TensorHeader parse_header(std::string_view text, std::uint64_t n_array_bytes,
                          std::string_view name);

}  // namespace resml
