#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace resml {

// SHA-256 (FIPS 180-4) of bytes given piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();

  void update(std::string_view bytes);
  // Of everything so far, 64 hexadecimal digits; more may follow.
  std::string hex_digest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace resml
