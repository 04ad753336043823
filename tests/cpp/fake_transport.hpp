#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "resml/platform/platform_settings.hpp"
#include "resml/platform/retry_policy.hpp"
#include "resml/platform/transport.hpp"

namespace resml {

inline HttpResponse json_response(std::string body, int status = 200) {
  return {
      .status = status, .headers = {{"content-type", "application/json"}}, .body = std::move(body)};
}

// Answers without a socket, in the order in which the answers were laid out; keeps the requests.
class FakeTransport final : public Transport {
 public:
  using Answer = std::function<HttpResponse()>;

  void answer(HttpResponse response) {
    answers_.emplace_back([response = std::move(response)] { return response; });
  }
  void fail(TransportFault fault, std::string text) {
    answers_.emplace_back(
        [fault, text = std::move(text)]() -> HttpResponse { throw TransportError(fault, text); });
  }

  HttpResponse send(const HttpRequest& request) override {
    requests.push_back(request);
    if (answers_.empty()) throw TransportError(TransportFault::Other, "no answer was laid out");
    const Answer next = std::move(answers_.front());
    answers_.pop_front();
    return next();
  }

  std::vector<HttpRequest> requests;

 private:
  std::deque<Answer> answers_;
};

// Time passes only in sleep(), at once.
class FakeClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() override { return now_; }
  void sleep(std::chrono::milliseconds time, const std::stop_token& /*stop*/) override {
    sleeps.push_back(time);
    now_ += time;
    if (const auto happens = on_sleep) happens();
  }
  void set(std::chrono::system_clock::time_point now) { now_ = now; }

  std::vector<std::chrono::milliseconds> sleeps;
  std::function<void()> on_sleep;

 private:
  std::chrono::system_clock::time_point now_{std::chrono::seconds(1'700'000'000)};
};

// Where a fake platform would be, and a key that may ask it.
inline PlatformSettings api_key_settings() {
  PlatformSettings settings;
  settings.host = "soar.example.com";
  settings.org = "Demo Org";
  settings.api_key_id = "the-id";
  settings.api_key_secret = Secret("the-secret");
  settings.place = "ml.config";
  return settings;
}

}  // namespace resml
