#pragma once

#include <pybind11/pybind11.h>

#include <chrono>
#include <future>
#include <stop_token>
#include <utility>

// Runs work(stop_token) on a thread of its own, without the GIL. Meanwhile the caller looks every
// 50 ms whether a signal came (Ctrl-C): then the work is stopped and the signal's exception thrown.
template <class Work>
auto run_interruptibly(Work work) {
  namespace py = pybind11;
  std::stop_source stop;
  auto result = std::async(std::launch::async, std::move(work), stop.get_token());
  const auto is_ready = [&] {
    const py::gil_scoped_release unlocked;
    return result.wait_for(std::chrono::milliseconds(50)) == std::future_status::ready;
  };
  while (!is_ready()) {
    if (PyErr_CheckSignals() == 0) continue;
    const py::error_already_set signal;
    stop.request_stop();
    const py::gil_scoped_release unlocked;
    result.wait();
    throw signal;
  }
  return result.get();
}
