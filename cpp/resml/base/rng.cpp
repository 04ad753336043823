#include "resml/base/rng.hpp"

namespace resml {

Rng::Rng(std::uint64_t seed) : state_{} {
  for (std::uint64_t& word : state_) {
    word = mix_bits(seed);
    seed += 0x9e3779b97f4a7c15ULL;
  }
}

double Rng::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

Rng Rng::stream(std::uint64_t i) const {
  return Rng(mix_bits(state_[0] ^ mix_bits(state_[2] + i)));
}

}  // namespace resml
