#include "resml/cli/interrupt.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "resml/cli/console.hpp"

namespace resml {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kGlance{20};
// For work to notice by itself and unwind; with it, a stop takes at most 0.2 s.
constexpr milliseconds kGrace{80};

// Set by the signal handler on whichever thread it runs.
std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

std::mutex work_mutex;
int n_abandonable = 0;  // under work_mutex

// A signal handler may only set a flag; this thread turns it into a stop request.
class InterruptWatch {
 public:
  InterruptWatch() {
    std::signal(SIGINT, [](int) { interrupted = true; });
    std::signal(SIGTERM, [](int) { interrupted = true; });
  }
  std::stop_token token() const { return source_.get_token(); }

 private:
  void watch(const std::stop_token& end) {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    // The end of main() wakes it at once: no command waits for it.
    while (!end.stop_requested() && !interrupted) {
      woken.wait_for(lock, end, kGlance, [] { return interrupted.load(); });
    }
    if (!interrupted) return;
    source_.request_stop();
    woken.wait_for(lock, end, kGrace, [] { return false; });
    while (!end.stop_requested()) {
      end_if_abandonable();
      woken.wait_for(lock, end, kGlance, [] { return false; });
    }
  }

  static void end_if_abandonable() {
    // Held to the end: whoever leaves the scope now has to wait, and is ended.
    const std::lock_guard lock(work_mutex);
    if (n_abandonable == 0) return;
    Console(/*verbose=*/false).message("stopped");
    std::_Exit(kInterrupted);
  }

  std::stop_source source_;
  std::jthread watcher_{[this](const std::stop_token& end) { watch(end); }};
};

}  // namespace

std::stop_token stop_on_interrupt() {
  static const InterruptWatch watch;
  return watch.token();
}

Abandonable::Abandonable() {
  const std::lock_guard lock(work_mutex);
  ++n_abandonable;
}

Abandonable::~Abandonable() {
  const std::lock_guard lock(work_mutex);
  --n_abandonable;
}

}  // namespace resml
