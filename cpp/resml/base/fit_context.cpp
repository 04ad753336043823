#include "resml/base/fit_context.hpp"

#include "resml/base/error.hpp"

namespace resml {

void throw_if_stopped(const FitContext& context) {
  if (context.stop.stop_requested()) throw Cancelled("stopped");
}

}  // namespace resml
