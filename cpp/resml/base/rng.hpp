#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace resml {

// xoshiro256++ (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021),
// seeded through SplitMix64. The same seed gives the same numbers on every machine.
class Rng {
 public:
  explicit Rng(std::uint64_t seed);

  std::uint64_t next() {
    auto& [a, b, c, d] = state_;
    const std::uint64_t result = std::rotl(a + d, 23) + a;
    const std::uint64_t shifted = b << 17;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = std::rotl(d, 45);
    return result;
  }

  // Uniform in [0, bound), bound > 0 (Lemire, "Fast random integer generation in an interval").
  std::uint64_t below(std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    Wide product = Wide{next()} * bound;
    if (static_cast<std::uint64_t>(product) < bound) {
      const std::uint64_t threshold = (0 - bound) % bound;
      while (static_cast<std::uint64_t>(product) < threshold) product = Wide{next()} * bound;
    }
    return static_cast<std::uint64_t>(product >> 64);
  }

  // Uniform in [0, 1), 53 bits.
  double uniform();

  // An independent generator for part `i` of the work; does not advance this one.
  Rng stream(std::uint64_t i) const;

 private:
  std::array<std::uint64_t, 4> state_;
};

// The finaliser of SplitMix64: a bijection that spreads every bit of `value` over all bits.
constexpr std::uint64_t mix_bits(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

}  // namespace resml
