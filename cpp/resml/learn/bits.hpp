#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace resml {

// Calls visit(i) for every bit i that is 1, from the lowest on.
template <class Visit>
void for_each_bit(std::uint64_t bits, Visit visit) {
  for (; bits != 0; bits &= bits - 1) visit(static_cast<std::size_t>(std::countr_zero(bits)));
}

}  // namespace resml
