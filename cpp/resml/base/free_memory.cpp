#include "resml/base/free_memory.hpp"

#include <cstdlib>  // for __GLIBC__

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace resml {

void give_back_free_memory() {
#if defined(__GLIBC__)
  // Otherwise only the end of each heap goes back. Other libraries keep less, or have no such call.
  ::malloc_trim(0);
#endif
}

}  // namespace resml
