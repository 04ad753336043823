#include "resml/data/background_sha256.hpp"

#include <algorithm>

namespace resml {

BackgroundSha256::~BackgroundSha256() {
  const std::scoped_lock lock(mutex_);
  ending_ = true;
  changed_.notify_all();
}

void BackgroundSha256::start() {
  if (!thread_.joinable()) thread_ = std::jthread([this] { run(); });
}

void BackgroundSha256::update(std::string_view bytes) {
  if (!thread_.joinable()) {
    sha_.update(bytes);
    return;
  }
  const std::scoped_lock lock(mutex_);
  waiting_.push_back(bytes);
  changed_.notify_all();
}

void BackgroundSha256::wait_for(std::string_view memory) const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    return std::none_of(waiting_.begin(), waiting_.end(), [&](std::string_view bytes) {
      return bytes.data() < memory.data() + memory.size() &&
             memory.data() < bytes.data() + bytes.size();
    });
  });
}

void BackgroundSha256::wait_for_all() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.empty(); });
}

std::string BackgroundSha256::hex_digest() const {
  wait_for_all();
  return sha_.hex_digest();
}

void BackgroundSha256::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    const std::string_view bytes = waiting_.front();
    lock.unlock();
    sha_.update(bytes);
    lock.lock();
    waiting_.pop_front();
    changed_.notify_all();
  }
}

}  // namespace resml
