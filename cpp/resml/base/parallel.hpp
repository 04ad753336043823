#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "resml/base/fit_context.hpp"

namespace resml {

// The number asked for; 0 = one for each core.
unsigned threads_of(unsigned asked_for);

// Calls work(i) for every i in [0, n) on up to context.threads threads; the calling thread works
// too and reports progress. Which thread does which i is not fixed, so work(i) may write only what
// belongs to i and draws from context.rng.stream(i): then the result is the same on any number of
// threads. The first exception (by smallest i that threw) is rethrown here after all have stopped.
void parallel_for(const FitContext& context, std::string_view what, std::size_t n,
                  const std::function<void(std::size_t)>& work);

}  // namespace resml
