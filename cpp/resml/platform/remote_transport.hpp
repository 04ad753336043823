#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <string>

#include "resml/platform/platform_settings.hpp"
#include "resml/platform/transport.hpp"

struct resml_remote_pool;

namespace resml {

struct RemoteLimits {
  std::chrono::milliseconds connect_timeout{15'000};
  std::chrono::milliseconds stall_timeout{60'000};  // without one byte
  std::chrono::milliseconds total_timeout{600'000};
  std::uint64_t max_body = std::uint64_t{256} << 20;  // bytes of one answer, decompressed
};

// What is known about the connection after a request.
struct PeerDetails {
  std::string address;
  std::string tls_version;
  std::string certificate;
  std::chrono::sys_seconds certificate_ends = {};  // 1970 where it is not known
};

// HTTPS to the platform through the plugin "resml_remote", which is loaded here: PluginError. Keeps
// connections alive, one for each thread that sends at the same time.
class RemoteTransport final : public Transport {
 public:
  RemoteTransport(const PlatformSettings& settings, const RemoteLimits& limits,
                  std::stop_token stop);
  ~RemoteTransport() override;
  RemoteTransport(const RemoteTransport&) = delete;
  RemoteTransport& operator=(const RemoteTransport&) = delete;

  HttpResponse send(const HttpRequest& request) override;

  PeerDetails peer() const;  // of the last request

 private:
  resml_remote_pool* pool_;
  std::stop_token stop_;
  mutable std::mutex mutex_;
  PeerDetails peer_;
};

}  // namespace resml
