#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resml/platform/log_in.hpp"
#include "resml/platform/platform_api.hpp"
#include "resml/platform/platform_settings.hpp"
#include "resml/platform/retry_policy.hpp"
#include "resml/platform/transport.hpp"

namespace resml {

// A conversation with the platform as one user or API key; logs in at the first request, and anew
// where a request is answered with 401: once for all threads whose session expired together, and a
// few times at most for one request. What is passed in outlives it.
class Session final : public PlatformApi {
 public:
  Session(const PlatformSettings& settings, Transport& transport, RetryPolicy& retries);

  std::string get(std::string_view target) override;
  std::string post(std::string_view target, std::string_view json) override;
  void post(std::string_view target, std::string_view json, const ReadAnswer& read) override;

  // Logs in, unless that was done. RemoteError where the log-in is refused or the organization is
  // not there (the message lists those that are).
  Organization log_in();

  // How far the server's clock is ahead of this one, by the last log-in; nothing before the first.
  std::optional<std::chrono::seconds> clock_difference();

  // By the server's clock when it answered the last log-in; nothing if it did not say.
  std::optional<std::chrono::system_clock::time_point> server_time();

 private:
  // What a log-in gives: headers for every request, and which log-in it was.
  struct Ticket {
    Organization organization;
    std::vector<std::string> headers;
    std::uint64_t number = 0;
  };

  // Of the last log-in; of a new one if there is none but `expired`.
  Ticket ticket(std::uint64_t expired = 0);
  Ticket ask_for_ticket();
  std::string ask(const std::string& method, std::string_view target, std::string_view body,
                  const ReadAnswer& read);

  // One request until it has an answer that no waiting would change, a good one read.
  HttpResponse send(const HttpRequest& request, const ReadAnswer& read);
  std::optional<Failure> try_once(const HttpRequest& request, const ReadAnswer& read,
                                  HttpResponse& response);
  void throw_unless_good(const HttpRequest& request, const HttpResponse& response) const;
  std::string place(const HttpRequest& request) const;
  std::string advice(int status) const;

  const PlatformSettings& settings_;
  Transport& transport_;
  RetryPolicy& retries_;
  std::mutex mutex_;
  std::optional<Ticket> ticket_;
  std::optional<std::chrono::seconds> clock_difference_;
  std::optional<std::chrono::system_clock::time_point> server_time_;
  std::atomic<bool> has_answered_ = false;  // the server is there and is the platform
};

}  // namespace resml
