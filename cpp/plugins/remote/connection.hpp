#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "resml/plugin/remote_abi.h"
#include "tls_report.hpp"

namespace resml::remote {

// resml_remote_options with texts of its own.
struct Options {
  explicit Options(const resml_remote_options& given);

  std::string origin;
  bool verify;
  std::string ca_file;
  std::string client_certificate;
  std::string client_key;
  std::string proxy;
  std::string proxy_user;
  std::string proxy_password;
  long connect_timeout_ms;
  long stall_timeout_ms;
  long total_timeout_ms;
  std::uint64_t max_body;
  std::string user_agent;
};

// One connection, kept alive between requests. Used by one thread at a time.
class Connection {
 public:
  explicit Connection(const Options& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send(const resml_remote_request& request, resml_remote_result& result);

 private:
  struct Handles;

  const Options& options_;
  TlsReport report_;  // the handles listen to it: it ends after them
  std::unique_ptr<Handles> handles_;
};

}  // namespace resml::remote
