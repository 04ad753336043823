#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "resml/data/sha256.hpp"

namespace resml {

// SHA-256 beside the work that needs the same bytes: at once in the calling thread until start(),
// then on a thread of its own.
class BackgroundSha256 {
 public:
  ~BackgroundSha256();

  void start();
  // The bytes must stay as they are until a wait_for() that covers them.
  void update(std::string_view bytes);
  // Returns when no byte of this piece of memory is still to be hashed.
  void wait_for(std::string_view memory) const;
  void wait_for_all() const;
  std::string hex_digest() const;

 private:
  void run();

  Sha256 sha_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::deque<std::string_view> waiting_;  // the first one is being hashed
  bool ending_ = false;
  std::jthread thread_;
};

}  // namespace resml
