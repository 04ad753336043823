#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <string>

namespace resml::remote {

// What the last TLS handshake showed of the other side. Outlives the SSL_CTX it listens to.
struct TlsReport {
  std::string version;      // "TLSv1.3"
  std::string certificate;  // the server's: "CN=soar.example.com" issued by "CN=Our CA"
  std::string names;        // host names and addresses that it is for
  std::string ends_text;
  std::int64_t ends = 0;  // seconds since 1970
  std::string refusal;    // which certificate was not accepted, and why; empty if all were

  // From now on each handshake of `context` is noted here; what is accepted does not change.
  void listen(SSL_CTX* context);
};

}  // namespace resml::remote
