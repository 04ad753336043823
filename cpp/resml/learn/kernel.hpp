#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "resml/base/simd_level.hpp"
#include "resml/rows/compact_rows.hpp"

namespace resml {

// Of gamma, well inside the range of single precision.
inline constexpr double kSmallestGamma = 1e-30;
inline constexpr double kLargestGamma = 1e30;

// exp(-gamma * squared distance), gamma > 0, between points and a fixed set of rows. Indicators add
// whole numbers; without numbers there are few distances, and the kernel is a look-up. All bits are
// the same whatever the processor and however rows are chosen. In single precision, as in LIBSVM:
// sums of kernels are made of many small roundings that cancel.
class Kernel {
 public:
  Kernel(const CompactRows& rows, double gamma);

  struct Point {
    std::uint32_t base = 0;                   // its distance before anything is compared
    std::vector<std::uint64_t> bits = {};     // of its indicators
    std::vector<std::uint32_t> columns = {};  // or, where there are many, these themselves
    std::vector<float> numbers = {};
  };
  // Row i of any rows with the same columns.
  Point point(const CompactRows& rows, std::size_t i) const;

  std::size_t size() const { return size_; }
  // out[k - begin] = kernel(point, row k) for k in [begin, begin + out.size()).
  // The level, for tests, may be lower than the processor's.
  void values(const Point& point, std::size_t begin, std::span<float> out,
              SimdLevel level = simd_level()) const;

 private:
  static constexpr std::uint32_t kUnused = std::numeric_limits<std::uint32_t>::max();

  // Beyond this most bits of a row are 0, and lists are faster.
  static constexpr std::size_t kMostWords = 4;
  bool has_lists() const { return !list_starts_.empty(); }

  void set_bits(const CompactRows& rows, std::size_t n_words);
  void list_rows(const CompactRows& rows, std::uint32_t n_used);
  void subtract_common(const Point& point, std::size_t begin,
                       std::span<std::uint32_t> counts) const;

  std::size_t size_;
  float gamma_;
  std::vector<std::uint32_t> place_;  // by indicator: among those that some row has, or kUnused
  std::vector<float> of_distance_;    // the kernel by distance where there are no numbers
  std::size_t n_words_ = 0;
  std::size_t n_numbers_;
  std::vector<std::uint64_t> bits_;  // word by word: that of every row, then the next
  std::vector<float> numbers_;       // likewise number by number
  // By indicator, the rows that have it, ascending; and how many indicators each row has.
  std::vector<std::size_t> list_starts_;
  std::vector<std::uint32_t> listed_rows_;
  std::vector<std::uint32_t> row_sizes_;
};

}  // namespace resml
