#pragma once

#include <cstddef>

namespace resml {

// Asks the system to back memory that was allocated but not yet written with large pages. Touching
// fresh memory 4 KB at a time costs four times as much as copying what goes there. A wish only:
// nothing depends on its being granted; small blocks are left alone.
void prefer_huge_pages(void* begin, std::size_t bytes);

}  // namespace resml
