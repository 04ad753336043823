#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace resml {

// 64 counters side by side: bit i of plane p is bit p of counter i. To add 1 to any of them takes a
// few instructions.
class BitCounters {
 public:
  // Adds 1 to the counters in `which`; none may reach 2^32.
  void add(std::uint64_t which) {
    for (std::size_t p = 0; p < n_planes_ && which != 0; ++p) {
      const std::uint64_t carry = planes_[p] & which;
      planes_[p] ^= which;
      which = carry;
    }
    if (which != 0) planes_[n_planes_++] = which;
  }
  // The counters that stand at `count`.
  std::uint64_t at(std::uint64_t count) const {
    if (count >> n_planes_ != 0) return 0;
    std::uint64_t which = ~std::uint64_t{0};
    for (std::size_t p = 0; p < n_planes_; ++p) {
      which &= (count >> p & 1) != 0 ? planes_[p] : ~planes_[p];
    }
    return which;
  }

 private:
  std::array<std::uint64_t, 32> planes_;  // those from n_planes_ on are not written yet
  std::size_t n_planes_ = 0;
};

}  // namespace resml
