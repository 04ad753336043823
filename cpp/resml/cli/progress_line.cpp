#include "resml/cli/progress_line.hpp"

#include <cmath>
#include <iostream>

#include "resml/base/text.hpp"

namespace resml {
namespace {

constexpr std::chrono::milliseconds kPause{100};
constexpr double kPercentFrom = 1e6;  // bytes, or so many items that a share says more

std::string time_left(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::ceil(seconds));
  if (whole < 100) return concat(whole, " s left");
  return concat((whole + 59) / 60, " min left");
}

}  // namespace

std::string progress_text(const Progress& progress, std::chrono::duration<double> elapsed) {
  std::string text(progress.what);
  const auto done = static_cast<double>(progress.done);
  const auto total = static_cast<double>(progress.total);
  if (progress.total == 0) {
    if (progress.done > 0) text += concat(": ", progress.done);
  } else if (total > kPercentFrom) {
    text += concat(": ", 100 * progress.done / progress.total, " %");
  } else {
    text += concat(": ", progress.done, " of ", progress.total);
  }
  if (progress.done == 0 || elapsed.count() <= 1) return text;
  if (progress.has_rate) text += concat(", ", std::round(done / elapsed.count()), "/s");
  if (progress.total > 0) {
    text += concat(", ", time_left(elapsed.count() * (total - done) / done));
  }
  return text;
}

ProgressLine::~ProgressLine() { wipe(); }

void ProgressLine::show(const Progress& progress) {
  const Clock::time_point now = Clock::now();
  if (progress.what != what_) {
    what_ = progress.what;
    started_ = now;
    shown_ = {};
  }
  if (progress.total > 0 && progress.done >= progress.total) {
    what_.clear();
    wipe();
  } else if (now - shown_ >= kPause) {
    std::cerr << "\r\x1b[K" << progress_text(progress, now - started_) << std::flush;
    shown_ = now;
    is_on_screen_ = true;
  }
}

void ProgressLine::wipe() {
  if (is_on_screen_) std::cerr << "\r\x1b[K" << std::flush;
  is_on_screen_ = false;
}

}  // namespace resml
