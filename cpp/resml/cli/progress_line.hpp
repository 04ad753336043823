#pragma once

#include <chrono>
#include <string>

#include "resml/base/fit_context.hpp"

namespace resml {

// "random_forest: 30 of 100, 12 s left" - the time from the second second on, by the rate so far.
std::string progress_text(const Progress& progress, std::chrono::duration<double> elapsed);

// One line on standard error that is written over and over, at most ten times a second, and wiped
// when the work is done.
class ProgressLine {
 public:
  ProgressLine() = default;
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();

  void show(const Progress& progress);
  void wipe();

 private:
  using Clock = std::chrono::steady_clock;

  std::string what_;
  Clock::time_point started_ = {};
  Clock::time_point shown_ = {};
  bool is_on_screen_ = false;
};

}  // namespace resml
