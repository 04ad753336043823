#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "resml/tensor/tensor_bundle.hpp"

namespace resml {

// The safetensors layout (8-byte little-endian header length, JSON header, raw arrays). The
// bundle's strings are the file's `__metadata__`; beside them stands "checksum": XXH3-64 of the
// whole file with the sixteen digits of the checksum itself taken as zeros. Deterministic: the same
// bundle gives the same bytes. docs/format.md is the specification.
std::string encode_tensor_file(const TensorBundle& bundle);

// The same bytes, part by part: large arrays are handed on as they lie, not copied.
void write_tensor_file(const TensorBundle& bundle,
                       const std::function<void(std::string_view)>& append);

// ModelFileError for anything that encode_tensor_file would not have written: lengths beyond the
// file, gaps, overlaps, overflowing shapes, unknown types, duplicate names, a wrong checksum.
// `name` is used in messages only.
TensorBundle decode_tensor_file(std::string_view bytes, std::string_view name);

}  // namespace resml
