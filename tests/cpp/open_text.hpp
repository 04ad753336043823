#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include "resml/data/byte_source.hpp"

namespace resml {

// A text in memory.
class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  std::size_t read(char* buffer, std::size_t size) override {
    const std::size_t n = std::min(size, text_.size() - place_);
    std::copy_n(text_.data() + place_, n, buffer);
    place_ += n;
    return n;
  }
  std::string name() const override { return "<text>"; }
  std::size_t total_bytes() const override { return text_.size(); }

 private:
  std::string text_;
  std::size_t place_ = 0;
};

inline std::unique_ptr<ByteSource> open_text(std::string text) {
  return std::make_unique<TextSource>(std::move(text));
}

}  // namespace resml
