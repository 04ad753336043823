#include "resml/platform/session.hpp"

#include <nlohmann/json.hpp>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"
#include "resml/platform/json_answer.hpp"

namespace resml {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxShownBytes = 4096;  // looked at; far less is shown

// While nothing speaks for it that there is a platform at this address, one more attempt is enough.
constexpr unsigned kAttemptsBeforeAnswer = 2;

// A session that was just given may be gone again; one that goes each time is no session.
constexpr unsigned kMaxRenewals = 3;  // for one request

constexpr int kTooManyRequests = 429;

// Of the states that pass: too many requests, and those of a server or a proxy in trouble.
bool may_pass(int status) {
  return status == kTooManyRequests || status == 500 || (status >= 502 && status <= 504);
}

bool is_good(int status) { return status >= 200 && status < 300; }

std::string replace_all(std::string text, const std::string& what, std::string_view by) {
  for (std::size_t at = 0; !what.empty() && (at = text.find(what, at)) != std::string::npos;
       at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

// A text of the server, safe to show: bounded, escaped, without what the request held of secrets.
std::string shown(std::string_view text, const PlatformSettings& settings,
                  const HttpRequest& request) {
  std::string out(text.substr(0, kMaxShownBytes));
  for (const Secret* secret : {&settings.api_key_secret, &settings.password})
    out = replace_all(out, secret->reveal(), "***");
  for (const std::string& header : request.headers) {
    if (header.starts_with("Authorization: Basic ") || header.starts_with("X-sess-id: "))
      out = replace_all(out, header.substr(header.rfind(' ') + 1), "***");
    if (header.starts_with("Cookie: ")) {
      for (std::size_t at = header.find('='); at != std::string::npos; at = header.find('=', at)) {
        ++at;
        out = replace_all(out, header.substr(at, header.find(';', at) - at), "***");
      }
    }
  }
  return quoted(trimmed(out));
}

// What the platform says about a failure; of anything else the beginning.
std::string_view said(const HttpResponse& response, std::string& storage) {
  const json body = json::parse(std::string_view(response.body).substr(0, kMaxShownBytes), nullptr,
                                /*allow_exceptions=*/false);
  if (!body.is_object() || !body.contains("message") || !body["message"].is_string())
    return response.body;
  storage = body["message"].get<std::string>();
  return storage;
}

// Reads a 2xx answer. Why it is not one of the platform; empty if it is.
std::string answer_fault(const HttpResponse& response, const PlatformSettings& settings,
                         const HttpRequest& request, const PlatformApi::ReadAnswer& read) {
  const std::string_view type = response.header("content-type");
  const std::string_view body = response.body;
  if (lower_case(type).find("json") == std::string::npos && !trimmed(body).starts_with('{') &&
      !trimmed(body).starts_with('[')) {
    return concat("expected JSON, got ", type.empty() ? "an answer without a type" : quoted(type),
                  " that begins with ", shown(body, settings, request));
  }
  std::string fault;
  try {
    read(body);
  } catch (const JsonFault& damage) {
    fault = damage.what();
  }
  return fault.empty() ? "" : "the answer " + fault;
}

}  // namespace

Session::Session(const PlatformSettings& settings, Transport& transport, RetryPolicy& retries)
    : settings_(settings), transport_(transport), retries_(retries) {}

std::string Session::get(std::string_view target) {
  return ask("GET", target, "", throw_unless_json);
}

std::string Session::post(std::string_view target, std::string_view body) {
  return ask("POST", target, body, throw_unless_json);
}

void Session::post(std::string_view target, std::string_view body, const ReadAnswer& read) {
  ask("POST", target, body, read);
}

Organization Session::log_in() { return ticket().organization; }

std::optional<std::chrono::seconds> Session::clock_difference() {
  const std::lock_guard lock(mutex_);
  return clock_difference_;
}

std::optional<std::chrono::system_clock::time_point> Session::server_time() {
  const std::lock_guard lock(mutex_);
  return server_time_;
}

// Threads whose tickets expired together wait here for one new log-in.
Session::Ticket Session::ticket(std::uint64_t expired) {
  const std::lock_guard lock(mutex_);
  if (!ticket_ || ticket_->number == expired) ticket_ = ask_for_ticket();
  return *ticket_;
}

Session::Ticket Session::ask_for_ticket() {
  const HttpRequest request = log_in_request(settings_);
  const HttpResponse answer = send(request, throw_unless_json);
  throw_unless_good(request, answer);
  const auto now = retries_.clock().now();
  server_time_ = parse_http_date(answer.header("date"));
  if (server_time_)
    clock_difference_ = std::chrono::round<std::chrono::seconds>(*server_time_ - now);
  return {.organization = find_organization(settings_, answer),
          .headers = log_in_headers(settings_, request, answer),
          .number = ticket_ ? ticket_->number + 1 : 1};
}

std::string Session::ask(const std::string& method, std::string_view target, std::string_view body,
                         const ReadAnswer& read) {
  Ticket held = ticket();
  for (unsigned n_renewed = 0;; ++n_renewed) {
    const std::string base =
        target.starts_with("/rest/") ? "" : concat("/rest/orgs/", held.organization.id);
    const HttpRequest request{.method = method,
                              .target = concat(settings_.resource_prefix, base, target),
                              .headers = held.headers,
                              .body = std::string(body)};
    HttpResponse response = send(request, read);
    if (response.status != 401 || n_renewed == kMaxRenewals) {
      throw_unless_good(request, response);
      return std::move(response.body);
    }
    held = ticket(held.number);
  }
}

HttpResponse Session::send(const HttpRequest& request, const ReadAnswer& read) {
  HttpResponse response;
  retries_.run([&] { return try_once(request, read, response); });
  has_answered_ = true;
  return response;
}

std::optional<Failure> Session::try_once(const HttpRequest& request, const ReadAnswer& read,
                                         HttpResponse& response) {
  const auto most = has_answered_ ? std::nullopt : std::optional(kAttemptsBeforeAnswer);
  try {
    response = transport_.send(request);
  } catch (const TransportError& error) {
    const std::string reason = concat(place(request), error.what());
    if (!error.may_pass()) throw TransportError(error.fault, reason);
    const bool is_nowhere =
        error.fault == TransportFault::Resolve || error.fault == TransportFault::Connect;
    return Failure{.reason = reason, .max_attempts = is_nowhere ? most : std::nullopt};
  }
  if (may_pass(response.status)) {
    std::string storage;
    return Failure{
        .reason = concat(place(request), "answered ", response.status, ": ",
                         shown(said(response, storage), settings_, request)),
        .retry_after = parse_retry_after(response.header("retry-after"), retries_.clock().now()),
        .pauses_all = response.status == kTooManyRequests};
  }
  if (!is_good(response.status)) return std::nullopt;
  const std::string fault = answer_fault(response, settings_, request, read);
  if (fault.empty()) return std::nullopt;
  return Failure{.reason = concat(place(request), fault), .max_attempts = most};
}

void Session::throw_unless_good(const HttpRequest& request, const HttpResponse& response) const {
  if (is_good(response.status)) return;
  if (response.status >= 300 && response.status < 400) {
    throw RemoteError(place(request), "answered ", response.status, ", a redirect to ",
                      shown(response.header("location"), settings_, request),
                      ", which is not followed; set host and port in ", settings_.place,
                      " to the platform's own");
  }
  std::string storage;
  throw StatusError(response.status, place(request), "answered ", response.status, ": ",
                    shown(said(response, storage), settings_, request), advice(response.status));
}

std::string Session::place(const HttpRequest& request) const {
  return concat(settings_.host, ": ", request.method, ' ',
                request.target.substr(0, request.target.find('?')), ": ");
}

std::string Session::advice(int status) const {
  if (status == 401) {
    return concat(
        "; check ",
        settings_.api_key_id.empty() ? "email and password" : "api_key_id and api_key_secret",
        " in ", settings_.place);
  }
  if (status == 403) {
    return concat("; give ", settings_.api_key_id.empty() ? "the account" : "the API key",
                  " the permission to read incidents and fields");
  }
  return "";
}

}  // namespace resml
