#pragma once

#include <string>
#include <utility>

namespace resml {

// A text that no message may hold: it cannot be streamed, so concat() and Error refuse it.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  bool empty() const { return text_.empty(); }
  const std::string& reveal() const { return text_; }

 private:
  std::string text_;
};

}  // namespace resml
