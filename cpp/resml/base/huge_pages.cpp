#include "resml/base/huge_pages.hpp"

#include <sys/mman.h>

#include <cstdint>

namespace resml {

void prefer_huge_pages(void* begin, std::size_t bytes) {
  constexpr std::uintptr_t kPage = std::uintptr_t{2} << 20;
  const auto start = reinterpret_cast<std::uintptr_t>(begin);
  const std::uintptr_t first = (start + kPage - 1) / kPage * kPage;
  const std::uintptr_t last = (start + bytes) / kPage * kPage;
  if (last <= first + kPage) return;
  ::madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
}

}  // namespace resml
