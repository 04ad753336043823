#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "resml/base/error.hpp"

namespace resml {

// The server understood a request and said no.
class StatusError : public RemoteError {
 public:
  template <class... Parts>
  explicit StatusError(int given, const Parts&... parts) : RemoteError(parts...), status(given) {}

  int status;
};

// What the platform answers, without HTTP. A target that begins with "/rest/" is taken as it is,
// any other ("/types/incident") belongs to the organization. The answer is well-formed JSON of
// bounded size and depth. Only requests that change nothing: each may be sent several times.
// RemoteError says which request failed and why, a StatusError with the status where it was one
// that no waiting would change; Cancelled if a stop was requested. Several threads may ask at once.
class PlatformApi {
 public:
  virtual ~PlatformApi() = default;
  virtual std::string get(std::string_view target) = 0;
  virtual std::string post(std::string_view target, std::string_view json) = 0;

  // For what is parsed anyway: `read` gets the answer as it came and says with JsonFault that it is
  // damaged. It is asked for once more then, so `read` begins anew; other exceptions pass.
  using ReadAnswer = std::function<void(std::string_view answer)>;
  virtual void post(std::string_view target, std::string_view json, const ReadAnswer& read) = 0;
};

}  // namespace resml
