#pragma once

#include <string>

namespace resml {

// The message of the `Expected` that `work` throws; what happened instead if it throws none.
template <class Expected, class Work>
std::string error_of(Work&& work) {
  try {
    work();
  } catch (const Expected& error) {
    return error.what();
  }
  return "(nothing was thrown)";
}

}  // namespace resml
