#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "resml/tensor/tensor_bundle.hpp"

namespace resml {

// Whole numbers in the smallest type that holds all of them: U8, U16 or U32.
void add_codes(TensorBundle& bundle, std::string name, const std::vector<std::uint32_t>& codes);

// The array `name`, of any of these types. ModelFileError unless every code is below `end`.
std::vector<std::uint32_t> load_codes(const TensorBundle& bundle, std::string_view name,
                                      std::uint64_t end);

}  // namespace resml
