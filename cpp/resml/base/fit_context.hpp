#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "resml/base/rng.hpp"

namespace resml {

struct Progress {
  std::string_view what;  // "logistic_regression", "reading incidents.csv"
  std::size_t done = 0;
  std::size_t total = 0;  // same unit as done: items or bytes; 0 = not known
  bool has_rate = false;  // how many a second is worth showing
};

// Everything that long work takes from outside: randomness, threads, progress, stop.
struct FitContext {
  Rng rng{0};
  unsigned threads = 1;
  std::function<void(const Progress&)> on_progress = {};  // called by the thread that called fit
  std::stop_token stop = {};
  // By the thread that called fit: what a learner chose by itself, and what did not go as asked.
  std::function<void(const std::string&)> on_detail = {};
  std::function<void(const std::string&)> on_warning = {};

  // For a part of a larger fit.
  FitContext silent() const { return {.rng = rng, .threads = threads, .stop = stop}; }
  // For the i-th of several: its own random stream and one thread, silent.
  FitContext child(std::size_t i) const { return {.rng = rng.stream(i), .stop = stop}; }

  void report(const Progress& progress) const {
    if (on_progress) on_progress(progress);
  }
  void tell(const std::string& detail) const {
    if (on_detail) on_detail(detail);
  }
  void warn(const std::string& warning) const {
    if (on_warning) on_warning(warning);
  }
};

// Throws Cancelled("stopped") if a stop was requested. Long loops call it at least every 0.1 s.
void throw_if_stopped(const FitContext& context);
void throw_if_stopped(const std::stop_token& stop);

}  // namespace resml
