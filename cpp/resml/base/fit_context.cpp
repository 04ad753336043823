#include "resml/base/fit_context.hpp"

#include "resml/base/error.hpp"

namespace resml {

void throw_if_stopped(const FitContext& context) { throw_if_stopped(context.stop); }

void throw_if_stopped(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Cancelled("stopped");
}

}  // namespace resml
