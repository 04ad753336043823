#include "resml/platform/retry_policy.hpp"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <ctime>

#include "resml/base/error.hpp"
#include "resml/base/fit_context.hpp"
#include "resml/base/text.hpp"

namespace resml {
namespace {

using std::chrono::milliseconds;

class SystemClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() override { return std::chrono::system_clock::now(); }

  void sleep(milliseconds time, const std::stop_token& stop) override {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop, time, [] { return false; });
  }
};

std::string seconds_text(milliseconds time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>(time).count());
  return text;
}

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

std::string retry_text(const RetryEvent& event) {
  return concat(event.reason, "; attempt ", event.attempt, " of ", event.max_attempts,
                ", again in ", seconds_text(event.wait));
}

RetryPolicy::RetryPolicy(RetryLimits limits, std::uint64_t seed, Clock& clock, std::stop_token stop,
                         std::function<void(const RetryEvent&)> on_retry)
    : limits_(limits),
      rng_(seed),
      clock_(&clock),
      stop_(std::move(stop)),
      on_retry_(std::move(on_retry)) {}

milliseconds RetryPolicy::next_wait(unsigned attempt, const Failure& failure) {
  if (failure.retry_after)
    return std::clamp(*failure.retry_after, milliseconds(0), limits_.max_wait);
  constexpr double kSpread = 0.25;
  Rng rng = rng_.stream(n_waits_++);
  const auto first = static_cast<double>(limits_.first_wait.count());
  const auto longest = static_cast<double>(limits_.max_wait.count());
  const double wait = std::min(first * std::pow(limits_.backoff, attempt - 1), longest);
  return milliseconds(std::llround(wait * (1 - kSpread * rng.uniform())));
}

void RetryPolicy::pause_all(milliseconds wait) {
  const std::lock_guard lock(pausing_);
  pause_ends_ = std::max(pause_ends_, clock_->now() + wait);
}

void RetryPolicy::sit_out_pause() {
  std::unique_lock lock(pausing_);
  const auto left = std::chrono::ceil<milliseconds>(pause_ends_ - clock_->now());
  lock.unlock();
  // Not longer, should the clock be set back meanwhile.
  if (left > milliseconds(0)) clock_->sleep(std::min(left, limits_.max_wait), stop_);
}

void RetryPolicy::run(const std::function<std::optional<Failure>()>& attempt) {
  milliseconds waited{0};
  for (unsigned n = 1;; ++n) {
    sit_out_pause();
    throw_if_stopped(stop_);
    const std::optional<Failure> failure = attempt();
    if (!failure) return;
    const milliseconds wait = next_wait(n, *failure);
    waited += wait;
    const unsigned most =
        std::min(limits_.max_attempts, failure->max_attempts.value_or(limits_.max_attempts));
    if (n >= most || waited > limits_.max_total) {
      throw RemoteError(failure->reason, n == 1 ? "" : concat("; given up after ", n, " attempts"));
    }
    if (on_retry_) {
      const std::lock_guard lock(telling_);
      on_retry_({.reason = failure->reason, .attempt = n, .max_attempts = most, .wait = wait});
    }
    if (failure->pauses_all) pause_all(wait);
    clock_->sleep(wait, stop_);
  }
}

std::optional<milliseconds> parse_retry_after(std::string_view value,
                                              std::chrono::system_clock::time_point now) {
  value = trimmed(value);
  if (const auto seconds = parse_whole<std::uint32_t>(value)) return std::chrono::seconds(*seconds);
  const auto date = parse_http_date(value);
  if (!date) return std::nullopt;
  return std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(*date - now));
}

std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text) {
  std::tm parts{};
  const std::string date(text);
  const char* end = ::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

}  // namespace resml
