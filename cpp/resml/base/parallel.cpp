#include "resml/base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace resml {
namespace {

// What the threads share: the next item, how many are done, and the first failure by item.
class Work {
 public:
  Work(const FitContext& context, std::size_t n, const std::function<void(std::size_t)>& item)
      : context_(context), n_(n), item_(item) {}

  // Items until none is left or one failed; `after_each` gets the number done so far.
  template <class AfterEach>
  void run(AfterEach after_each) {
    while (!failed_) {
      const std::size_t i = next_++;
      if (i >= n_) return;
      try {
        throw_if_stopped(context_);
        item_(i);
        after_each(++done_);
      } catch (...) {
        keep_failure(i);
        return;
      }
    }
  }

  void rethrow_failure() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void keep_failure(std::size_t i) {
    const std::scoped_lock lock(mutex_);
    if (!failure_ || i < failed_item_) {
      failure_ = std::current_exception();
      failed_item_ = i;
    }
    failed_ = true;
  }

  const FitContext& context_;
  const std::size_t n_;
  const std::function<void(std::size_t)>& item_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> done_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::size_t failed_item_ = 0;
};

}  // namespace

unsigned threads_of(unsigned asked_for) {
  return asked_for > 0 ? asked_for : std::max(1U, std::thread::hardware_concurrency());
}

void parallel_for(const FitContext& context, std::string_view what, std::size_t n,
                  const std::function<void(std::size_t)>& work) {
  Work shared(context, n, work);
  {
    std::vector<std::jthread> workers;
    const std::size_t helpers = std::min<std::size_t>(std::max(context.threads, 1U), n);
    for (std::size_t t = 1; t < helpers; ++t) {
      workers.emplace_back([&shared] { shared.run([](std::size_t) {}); });
    }
    shared.run([&](std::size_t done) { context.report({.what = what, .done = done, .total = n}); });
  }
  shared.rethrow_failure();
}

}  // namespace resml
