#include "resml/base/huge_pages.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace resml {
namespace {

TEST(HugePages, LeavesTheContentAsItIs) {
  std::vector<char> memory(16 << 20, 'x');
  prefer_huge_pages(memory.data() + 1, memory.size() - 1);
  prefer_huge_pages(memory.data(), 5);
  EXPECT_EQ(std::count(memory.begin(), memory.end(), 'x'), 16 << 20);
}

}  // namespace
}  // namespace resml
