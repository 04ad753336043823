#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "resml/platform/platform_api.hpp"
#include "resml/platform/platform_settings.hpp"
#include "resml/platform/retry_policy.hpp"
#include "resml/platform/transport.hpp"

namespace resml {

struct Organization {
  std::int64_t id = 0;
  std::string name;
};

// A conversation with the platform as one user or API key; logs in at the first request. `settings`
// and `transport` outlive it.
class Session final : public PlatformApi {
 public:
  Session(const PlatformSettings& settings, Transport& transport, RetryPolicy& retries);

  std::string get(std::string_view target) override;
  std::string post(std::string_view target, std::string_view json) override;

  // Logs in, unless that was done. RemoteError where the log-in is refused or the organization is
  // not there (the message lists those that are).
  Organization log_in();

  // How far the server's clock is ahead of this one, by the Date of the last log-in's answer.
  std::optional<std::chrono::seconds> clock_difference();

 private:
  // What a log-in gives: headers for every request, and which log-in it was.
  struct Ticket {
    Organization organization;
    std::vector<std::string> headers;
    std::uint64_t number = 0;
  };

  Ticket ticket();
  Ticket new_ticket(std::uint64_t expired);
  Ticket ask_for_ticket();
  std::string ask(const std::string& method, std::string_view target, std::string_view body);
  std::string url_path(const Ticket& ticket, std::string_view target) const;
  // One request until it has an answer: anything but 429, 5xx and damaged JSON.
  HttpResponse send(const HttpRequest& request);
  std::string place(const HttpRequest& request) const;
  // A text of the server, safe to show: bounded, escaped, without our secrets.
  std::string shown(std::string_view text) const;

  const PlatformSettings& settings_;
  Transport& transport_;
  RetryPolicy& retries_;
  std::mutex mutex_;
  std::optional<Ticket> ticket_;
  std::optional<std::chrono::seconds> clock_difference_;
};

}  // namespace resml
