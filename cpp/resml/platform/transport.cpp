#include "resml/platform/transport.hpp"

#include <algorithm>

namespace resml {

std::string_view HttpResponse::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& header) { return header.first == name; });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

bool TransportError::may_pass() const {
  switch (fault) {
    case TransportFault::Resolve:
    case TransportFault::Connect:
    case TransportFault::Timeout:
    case TransportFault::Broken:
      return true;
    default:
      return false;
  }
}

}  // namespace resml
