#include "resml/learn/kernel.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>

namespace resml {
namespace {

// Beyond, the square of a difference says no more: the kernel is 0.
constexpr double kFarthest = 1e15;
// exp of less is 0 for all that it is added to; smaller numbers would be slow.
constexpr float kLowestExponent = -87;

// exp(x) for x from -87 to 0 with a relative error of about 1e-7. Free of branches and of calls, so
// that the compiler makes it a loop over several at once; no operation is rounded differently
// there, so that each gets the bits that it would get alone.
[[gnu::always_inline]] inline float exp_of_negative(float x) {
  // x = n ln 2 + r, |r| <= ln 2 / 2; adding kRound leaves n in the lowest bits of the sum.
  constexpr float kRound = 0x1.8p23F;
  const float shifted = x * 0x1.715476p0F + kRound;
  const float n = shifted - kRound;
  const float r = x - n * 0x1.62e4p-1F - n * 0x1.7f7d1cp-20F;
  // Taylor's series: the term after the last is below 2e-7 / 40.
  float sum = 1.0F / 5040;
  sum = sum * r + 1.0F / 720;
  sum = sum * r + 1.0F / 120;
  sum = sum * r + 1.0F / 24;
  sum = sum * r + 1.0F / 6;
  sum = sum * r + 0.5F;
  sum = sum * r + 1;
  sum = sum * r + 1;
  const std::uint32_t scale = std::bit_cast<std::uint32_t>(shifted) << 23;
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(sum) + scale);
}

// One block of rows, short enough for the stack and the first-level cache.
constexpr std::size_t kBlock = 256;

struct Block {
  const std::uint64_t* bits;  // of the first row in the block; words and numbers `stride` apart
  const float* numbers;
  std::size_t stride;
  std::size_t size;
  const Kernel::Point& point;
  float gamma;
  const float* of_distance;  // nullptr: there are numbers
};
using Counts = std::array<std::uint32_t, kBlock>;

// Of `n_words` words from word `w` on: one walk over the counts for all of them.
template <std::size_t n_words>
[[gnu::always_inline]] inline void add_words(const Block& block, std::size_t w, Counts& counts) {
  const std::uint64_t* words = block.bits + w * block.stride;
  const std::size_t stride = block.stride;
  std::array<std::uint64_t, n_words> wanted;
  std::copy_n(block.point.bits.begin() + static_cast<std::ptrdiff_t>(w), n_words, wanted.begin());
  for (std::size_t k = 0; k < block.size; ++k) {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < n_words; ++i) {
      count += static_cast<std::uint64_t>(std::popcount(wanted[i] ^ words[i * stride + k]));
    }
    counts[k] += static_cast<std::uint32_t>(count);
  }
}

[[gnu::always_inline]] inline void add_bits(const Block& block, Counts& counts) {
  const std::size_t n_words = block.point.bits.size();
  std::size_t w = 0;
  for (; n_words - w > 4; w += 4) add_words<4>(block, w, counts);
  if (n_words - w == 4) return add_words<4>(block, w, counts);
  if (n_words - w == 3) return add_words<3>(block, w, counts);
  if (n_words - w == 2) return add_words<2>(block, w, counts);
  if (n_words - w == 1) return add_words<1>(block, w, counts);
}

[[gnu::always_inline]] inline void fill_from_numbers(const Block& block, const Counts& counts,
                                                     float* out) {
  std::array<float, kBlock> distances{};
  for (std::size_t k = 0; k < block.size; ++k) distances[k] = static_cast<float>(counts[k]);
  for (std::size_t j = 0; j < block.point.numbers.size(); ++j) {
    const float number = block.point.numbers[j];
    const float* numbers = block.numbers + j * block.stride;
    for (std::size_t k = 0; k < block.size; ++k) {
      const float difference = number - numbers[k];
      distances[k] += difference * difference;
    }
  }
  // A copy, which no write can change, and a loop of its own: else the compiler does one at a time.
  const float gamma = block.gamma;
  for (float& number : distances) number = std::max(-gamma * number, kLowestExponent);
  for (std::size_t k = 0; k < block.size; ++k) out[k] = exp_of_negative(distances[k]);
}

[[gnu::always_inline]] inline void fill_block(const Block& block, Counts& counts, float* out) {
  add_bits(block, counts);
  if (block.of_distance == nullptr) return fill_from_numbers(block, counts, out);
  for (std::size_t k = 0; k < block.size; ++k) out[k] = block.of_distance[counts[k]];
}

void fill_portable(const Block& block, Counts& counts, float* out) {
  fill_block(block, counts, out);
}
RESML_TARGET_AVX2 void fill_avx2(const Block& block, Counts& counts, float* out) {
  fill_block(block, counts, out);
}
RESML_TARGET_AVX512 void fill_avx512(const Block& block, Counts& counts, float* out) {
  fill_block(block, counts, out);
}

float within_reach(double number) {
  return static_cast<float>(std::clamp(number, -kFarthest, kFarthest));
}

}  // namespace

Kernel::Kernel(const CompactRows& rows, double gamma)
    : size_(rows.size()),
      gamma_(static_cast<float>(std::clamp(gamma, kSmallestGamma, kLargestGamma))),
      place_(rows.n_indicators, kUnused),
      n_numbers_(rows.n_numbers),
      numbers_(n_numbers_ * size_) {
  std::uint32_t n_used = 0;
  for (const std::uint32_t j : rows.active) {
    if (place_[j] == kUnused) place_[j] = n_used++;
  }
  if ((n_used + 63) / 64 <= kMostWords) {
    set_bits(rows, (n_used + 63) / 64);
  } else {
    list_rows(rows, n_used);
  }
  for (std::size_t i = 0; i < size_; ++i) {
    for (std::size_t k = 0; k < n_numbers_; ++k) {
      numbers_[k * size_ + i] = within_reach(rows.numbers_of(i)[k]);
    }
  }
  if (n_numbers_ > 0) return;
  for (std::uint32_t d = 0; d <= rows.n_indicators; ++d) {
    const double exponent = std::max(-double{gamma_} * d, double{kLowestExponent});
    of_distance_.push_back(static_cast<float>(std::exp(exponent)));
  }
}

void Kernel::set_bits(const CompactRows& rows, std::size_t n_words) {
  n_words_ = n_words;
  bits_.assign(n_words * size_, 0);
  for (std::size_t i = 0; i < size_; ++i) {
    for (const std::uint32_t j : rows.active_of(i)) {
      bits_[place_[j] / 64 * size_ + i] |= std::uint64_t{1} << (place_[j] % 64);
    }
  }
}

void Kernel::list_rows(const CompactRows& rows, std::uint32_t n_used) {
  list_starts_.assign(n_used + 1, 0);
  for (const std::uint32_t j : rows.active) ++list_starts_[place_[j] + 1];
  std::partial_sum(list_starts_.begin(), list_starts_.end(), list_starts_.begin());
  listed_rows_.resize(rows.active.size());
  std::vector<std::size_t> next = list_starts_;
  for (std::uint32_t i = 0; i < size_; ++i) {
    for (const std::uint32_t j : rows.active_of(i)) listed_rows_[next[place_[j]]++] = i;
    row_sizes_.push_back(static_cast<std::uint32_t>(rows.active_of(i).size()));
  }
}

Kernel::Point Kernel::point(const CompactRows& rows, std::size_t i) const {
  Point point;
  point.bits.assign(n_words_, 0);
  for (const std::uint32_t j : rows.active_of(i)) {
    const std::uint32_t place = place_[j];
    if (place == kUnused || has_lists()) ++point.base;
    if (place == kUnused) continue;
    if (has_lists()) {
      point.columns.push_back(place);
    } else {
      point.bits[place / 64] |= std::uint64_t{1} << (place % 64);
    }
  }
  for (const double number : rows.numbers_of(i)) point.numbers.push_back(within_reach(number));
  return point;
}

void Kernel::values(const Point& point, std::size_t begin, std::span<float> out,
                    SimdLevel level) const {
  const auto fill = level == SimdLevel::Avx512 ? fill_avx512
                    : level == SimdLevel::Avx2 ? fill_avx2
                                               : fill_portable;
  Counts counts;
  for (std::size_t done = 0; done < out.size(); done += kBlock) {
    const std::size_t first = begin + done;
    const std::size_t size = std::min(kBlock, out.size() - done);
    std::fill_n(counts.begin(), size, point.base);
    if (has_lists()) subtract_common(point, first, std::span(counts.data(), size));
    fill({.bits = bits_.data() + first,
          .numbers = numbers_.data() + first,
          .stride = size_,
          .size = size,
          .point = point,
          .gamma = gamma_,
          .of_distance = of_distance_.empty() ? nullptr : of_distance_.data()},
         counts, out.data() + done);
  }
}

// |a| + |b| - 2 |a and b|.
void Kernel::subtract_common(const Point& point, std::size_t begin,
                             std::span<std::uint32_t> counts) const {
  for (std::size_t k = 0; k < counts.size(); ++k) counts[k] += row_sizes_[begin + k];
  for (const std::uint32_t column : point.columns) {
    const std::uint32_t* last = listed_rows_.data() + list_starts_[column + 1];
    const std::uint32_t* row =
        std::lower_bound(listed_rows_.data() + list_starts_[column], last, begin);
    for (; row != last && *row < begin + counts.size(); ++row) counts[*row - begin] -= 2;
  }
}

}  // namespace resml
