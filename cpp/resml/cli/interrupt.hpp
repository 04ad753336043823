#pragma once

#include <stop_token>

namespace resml {

constexpr int kInterrupted = 130;  // exit code

// A stop is requested by Ctrl-C and by SIGTERM; from the first call on, neither ends the process by
// itself.
std::stop_token stop_on_interrupt();

// While one exists, nothing is under way that would be left half done: work that does not notice a
// stop soon, between two of its steps or while it gives its memory back, ends with the process.
class Abandonable {
 public:
  Abandonable();
  ~Abandonable();
  Abandonable(const Abandonable&) = delete;
  Abandonable& operator=(const Abandonable&) = delete;
};

}  // namespace resml
