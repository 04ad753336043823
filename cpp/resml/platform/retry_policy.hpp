#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "resml/base/rng.hpp"

namespace resml {

struct RetryLimits {
  unsigned max_attempts = 5;                   // request_max_retries: of one request, the first too
  std::chrono::milliseconds first_wait{2000};  // request_retry_delay
  double backoff = 2;                          // request_retry_backoff
  std::chrono::milliseconds max_wait{60'000};  // also what Retry-After may ask for
  std::chrono::milliseconds max_total{600'000};  // waits of one request together
};

// What time it is and how to let it pass; tests have their own.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::system_clock::time_point now() = 0;
  // Returns early when a stop is requested.
  virtual void sleep(std::chrono::milliseconds time, const std::stop_token& stop) = 0;
};
Clock& system_clock();

struct RetryEvent {
  std::string reason;    // "soar.example.com: GET /rest/const: answered 503 Service Unavailable"
  unsigned attempt = 1;  // that failed
  unsigned max_attempts = 1;
  std::chrono::milliseconds wait{0};
};
// "...; attempt 1 of 5, again in 2.1 s"
std::string retry_text(const RetryEvent& event);

// Why an attempt failed in a way that may pass.
struct Failure {
  std::string reason;
  std::optional<std::chrono::milliseconds> retry_after = {};
  std::optional<unsigned> max_attempts = {};  // fewer than the policy's
  bool pauses_all = false;                    // the server asks for a pause, of all requests
};

// How often and how long apart one request is tried: exponentially longer waits, spread by up to a
// quarter so that clients do not come back together, or as long as the server asks. Several threads
// may use one policy; on_retry is called by one at a time. Where the server asks for a pause, no
// attempt of any thread begins before it is over.
class RetryPolicy {
 public:
  RetryPolicy(RetryLimits limits, std::uint64_t seed, Clock& clock, std::stop_token stop,
              std::function<void(const RetryEvent&)> on_retry);

  // Calls `attempt` until it reports no failure. RemoteError with the last failure's reason when
  // attempts or time are used up; Cancelled when a stop was requested. What attempt throws passes.
  void run(const std::function<std::optional<Failure>()>& attempt);

  Clock& clock() const { return *clock_; }

 private:
  std::chrono::milliseconds next_wait(unsigned attempt, const Failure& failure);
  void pause_all(std::chrono::milliseconds wait);
  void sit_out_pause();

  RetryLimits limits_;
  Rng rng_;
  Clock* clock_;
  std::stop_token stop_;
  std::function<void(const RetryEvent&)> on_retry_;
  std::mutex telling_;
  std::mutex pausing_;
  std::chrono::system_clock::time_point pause_ends_;
  std::atomic<std::uint64_t> n_waits_ = 0;
};

// What Retry-After says, seconds or a date (RFC 9110, 10.2.3); nothing if it is neither.
std::optional<std::chrono::milliseconds> parse_retry_after(
    std::string_view value, std::chrono::system_clock::time_point now);

// A Date header (IMF-fixdate); nothing if it is none.
std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text);

}  // namespace resml
