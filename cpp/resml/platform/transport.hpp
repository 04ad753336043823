#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "resml/base/error.hpp"

namespace resml {

struct HttpRequest {
  std::string method = "GET";
  std::string target;                // "/rest/session?include_permissions=false"
  std::vector<std::string> headers;  // "Name: value"
  std::string body;
};

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;                                          // decompressed

  // Of the first header of that name (lower case); empty if there is none.
  std::string_view header(std::string_view name) const;
};

enum class TransportFault { Resolve, Connect, Proxy, Tls, Timeout, Broken, TooLarge, Other };

// No answer, or only a part of one. The transport's message does not name the server; the session's
// does.
class TransportError : public RemoteError {
 public:
  template <class... Parts>
  explicit TransportError(TransportFault what, const Parts&... parts)
      : RemoteError(parts...), fault(what) {}

  // Whether the same request may succeed a little later.
  bool may_pass() const;

  TransportFault fault;
};

// One server's HTTP. Several threads may send at once.
class Transport {
 public:
  virtual ~Transport() = default;
  // Any status is an answer, redirects too: none is followed. TransportError without an answer;
  // Cancelled if a stop was requested.
  virtual HttpResponse send(const HttpRequest& request) = 0;
};

}  // namespace resml
