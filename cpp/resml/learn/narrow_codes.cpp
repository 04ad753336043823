#include "resml/learn/narrow_codes.hpp"

#include <algorithm>

#include "resml/base/error.hpp"

namespace resml {

void add_codes(TensorBundle& bundle, std::string name, const std::vector<std::uint32_t>& codes) {
  const auto largest = std::max_element(codes.begin(), codes.end());
  if (largest == codes.end() || *largest <= 0xff) {
    bundle.add(std::move(name), std::vector<std::uint8_t>(codes.begin(), codes.end()));
  } else if (*largest <= 0xffff) {
    bundle.add(std::move(name), std::vector<std::uint16_t>(codes.begin(), codes.end()));
  } else {
    bundle.add(std::move(name), codes);
  }
}

std::vector<std::uint32_t> load_codes(const TensorBundle& bundle, std::string_view name,
                                      std::uint64_t end) {
  const auto found = bundle.tensors().find(name);
  std::vector<std::uint32_t> codes;
  const auto read = [&]<class T>() {
    const auto* narrow = std::get_if<std::vector<T>>(found->second.values.get());
    if (narrow != nullptr) codes.assign(narrow->begin(), narrow->end());
    return narrow != nullptr;
  };
  const bool is_narrow = found != bundle.tensors().end() &&
                         (read.operator()<std::uint8_t>() || read.operator()<std::uint16_t>());
  if (!is_narrow) codes = bundle.values<std::uint32_t>(name);
  for (const std::uint32_t code : codes) {
    if (code >= end) {
      throw ModelFileError("array ", quoted(name), ": expected codes below ", end, ", got ", code);
    }
  }
  return codes;
}

}  // namespace resml
