#include "resml/platform/remote_transport.hpp"

#include <exception>
#include <new>

#include "resml/base/text.hpp"
#include "resml/plugin/plugin_loader.hpp"

namespace resml {
namespace {

constexpr const char* kUserAgent = "fn-machine-learning/" RESML_VERSION;

const char* or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

// What the callbacks fill. No exception may pass through the C interface: it waits here.
struct Receiver {
  HttpResponse response;
  std::stop_token stop;
  std::exception_ptr thrown;

  void take_header(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (line.starts_with("HTTP/")) {  // a new answer begins; what came before was an interim one
      response.headers.clear();
    } else if (colon != std::string_view::npos) {
      response.headers.emplace_back(lower_case(line.substr(0, colon)),
                                    trimmed(line.substr(colon + 1)));
    }
  }
};

template <class Action>
int guarded(void* user, const Action& action) {
  auto& receiver = *static_cast<Receiver*>(user);
  try {
    action(receiver);
    return 0;
  } catch (...) {
    receiver.thrown = std::current_exception();
    return 1;
  }
}

void on_header(void* user, const char* line, std::size_t size) {
  guarded(user, [&](Receiver& receiver) { receiver.take_header({line, size}); });
}

int on_body(void* user, const char* bytes, std::size_t size) {
  return guarded(user, [&](Receiver& receiver) { receiver.response.body.append(bytes, size); });
}

int should_stop(void* user) {
  const auto& receiver = *static_cast<const Receiver*>(user);
  return receiver.stop.stop_requested() || receiver.thrown != nullptr ? 1 : 0;
}

TransportFault fault_of(int fault) {
  switch (fault) {
    case RESML_REMOTE_RESOLVE:
      return TransportFault::Resolve;
    case RESML_REMOTE_CONNECT:
      return TransportFault::Connect;
    case RESML_REMOTE_PROXY:
      return TransportFault::Proxy;
    case RESML_REMOTE_TLS:
      return TransportFault::Tls;
    case RESML_REMOTE_TIMEOUT:
      return TransportFault::Timeout;
    case RESML_REMOTE_BROKEN:
      return TransportFault::Broken;
    case RESML_REMOTE_TOO_LARGE:
      return TransportFault::TooLarge;
    default:
      return TransportFault::Other;
  }
}

PeerDetails details_of(const resml_remote_result& result) {
  const auto ends = std::chrono::seconds(result.certificate_ends);
  return {.address = result.address,
          .tls_version = result.tls_version,
          .certificate = result.certificate,
          .certificate_ends = std::chrono::sys_seconds(ends)};
}

}  // namespace

RemoteTransport::RemoteTransport(const PlatformSettings& settings, const RemoteLimits& limits,
                                 std::stop_token stop)
    : pool_(nullptr), stop_(std::move(stop)) {
  const std::string origin = settings.origin();
  resml_remote_options options{};
  options.origin = origin.c_str();
  options.verify = settings.verify_tls ? 1 : 0;
  options.ca_file = or_null(settings.ca_file);
  options.client_certificate = or_null(settings.client_certificate);
  options.client_key = or_null(settings.client_key);
  options.proxy = or_null(settings.proxy);
  options.proxy_user = or_null(settings.proxy_user);
  options.proxy_password = or_null(settings.proxy_password.reveal());
  options.connect_timeout_ms = static_cast<long>(limits.connect_timeout.count());
  options.stall_timeout_ms = static_cast<long>(limits.stall_timeout.count());
  options.total_timeout_ms = static_cast<long>(limits.total_timeout.count());
  options.max_body = limits.max_body;
  options.user_agent = kUserAgent;
  pool_ = remote_plugin().open(&options);
  if (pool_ == nullptr) throw std::bad_alloc();
}

RemoteTransport::~RemoteTransport() { remote_plugin().close(pool_); }

HttpResponse RemoteTransport::send(const HttpRequest& request) {
  std::vector<const char*> headers;
  for (const std::string& header : request.headers) headers.push_back(header.c_str());
  Receiver receiver{.response = {}, .stop = stop_, .thrown = nullptr};
  const resml_remote_request sent = {.method = request.method.c_str(),
                                     .target = request.target.c_str(),
                                     .headers = headers.data(),
                                     .n_headers = headers.size(),
                                     .body = request.body.data(),
                                     .body_size = request.body.size(),
                                     .user = &receiver,
                                     .on_header = &on_header,
                                     .on_body = &on_body,
                                     .should_stop = &should_stop};
  resml_remote_result result{};
  remote_plugin().send(pool_, &sent, &result);
  {
    const std::lock_guard lock(mutex_);
    peer_ = details_of(result);
  }
  if (receiver.thrown != nullptr) std::rethrow_exception(receiver.thrown);
  if (result.fault == RESML_REMOTE_STOPPED) throw Cancelled("stopped");
  if (result.fault != RESML_REMOTE_OK) {
    throw TransportError(fault_of(result.fault), static_cast<const char*>(result.text));
  }
  receiver.response.status = result.status;
  return std::move(receiver.response);
}

PeerDetails RemoteTransport::peer() const {
  const std::lock_guard lock(mutex_);
  return peer_;
}

}  // namespace resml
