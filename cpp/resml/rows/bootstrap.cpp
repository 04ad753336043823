#include "resml/rows/bootstrap.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "resml/rows/distinct_rows.hpp"

namespace resml {
namespace {

// How many of `n` fair coins show heads.
std::uint64_t flip_coins(std::uint64_t n, Rng& rng) {
  const auto heads_of = [](std::uint64_t bits) {
    return static_cast<std::uint64_t>(std::popcount(bits));
  };
  std::uint64_t heads = 0;
  for (; n >= 64; n -= 64) heads += heads_of(rng.next());
  return n > 0 ? heads + heads_of(rng.next() >> (64 - n)) : heads;
}

// How many of `n` uniform numbers are below part / whole; 0 <= part <= whole < 2^63. All are
// compared with the fraction at once, bit by bit: at each bit about half of those that are still
// equal to it come to differ, so the work is about n / 32 words of random bits.
std::uint64_t draw_binomial(std::uint64_t n, std::uint64_t part, std::uint64_t whole, Rng& rng) {
  if (part == whole) return n;
  std::uint64_t below = 0;
  while (n > 0 && part > 0) {
    part *= 2;
    const bool bit_of_fraction = part >= whole;
    const std::uint64_t zeros = flip_coins(n, rng);
    if (bit_of_fraction) {
      part -= whole;
      below += zeros;
      n -= zeros;
    } else {
      n = zeros;
    }
  }
  return below;
}

// Draws fall into halves of the range, into halves of these, and so on down to ranges so short that
// single draws are cheaper.
class Multinomial {
 public:
  Multinomial(const std::vector<double>& counts, Rng& rng) : rng_(rng), drawn_(counts.size(), 0) {
    ends_.reserve(counts.size() + 1);
    for (const double count : counts) {
      ends_.push_back(ends_.back() + static_cast<std::uint64_t>(std::llround(count)));
    }
  }

  std::vector<double> draw() {
    divide(0, drawn_.size(), ends_.back());
    return std::move(drawn_);
  }

 private:
  static constexpr std::size_t kShortRange = 4096;  // incidents; their hits stay in the L1 cache
  static constexpr std::size_t kFewPerRow = 8;

  void divide(std::size_t begin, std::size_t end, std::uint64_t n) {
    const std::uint64_t whole = ends_[end] - ends_[begin];
    if (n == 0) return;
    if (end - begin == 1) {
      drawn_[begin] = static_cast<double>(n);
      return;
    }
    if (whole <= std::min(kShortRange, kFewPerRow * (end - begin))) {
      draw_singly(begin, end, n);
      return;
    }
    const std::size_t middle = begin + (end - begin) / 2;
    const std::uint64_t left = draw_binomial(n, ends_[middle] - ends_[begin], whole, rng_);
    divide(begin, middle, left);
    divide(middle, end, n - left);
  }

  void draw_singly(std::size_t begin, std::size_t end, std::uint64_t n) {
    hits_.assign(ends_[end] - ends_[begin], 0);
    for (std::uint64_t k = 0; k < n; ++k) ++hits_[rng_.below(hits_.size())];
    for (std::size_t i = begin; i < end; ++i) {
      for (std::uint64_t k = ends_[i]; k < ends_[i + 1]; ++k) drawn_[i] += hits_[k - ends_[begin]];
    }
  }

  Rng& rng_;
  std::vector<std::uint64_t> ends_{0};  // running sum of the counts
  std::vector<double> drawn_;
  std::vector<std::uint32_t> hits_;  // per incident of a short range
};

}  // namespace

TrainingSet merge_equal_pairs(const TrainingSet& set) {
  const DistinctRows distinct = find_distinct_rows(set.rows, set.labels, set.weights);
  const std::size_t n = distinct.first_row.size();
  TrainingSet merged{.rows = select_rows(set.rows, distinct.first_row),
                     .labels = {},
                     .counts = std::vector<double>(n, 0),
                     .weights = std::vector<double>(n, 0),
                     .n_classes = set.n_classes};
  for (const std::uint32_t first : distinct.first_row) merged.labels.push_back(set.labels[first]);
  for (std::size_t i = 0; i < set.size(); ++i) {
    const std::uint32_t group = distinct.group_of[i];
    if (group == DistinctRows::kNone) continue;
    merged.counts[group] += set.counts[i];
    merged.weights[group] += set.weights[i];
  }
  return merged;
}

std::vector<double> draw_bootstrap(const std::vector<double>& counts, Rng& rng) {
  return Multinomial(counts, rng).draw();
}

TrainingSet with_drawn_counts(const TrainingSet& set, const std::vector<double>& drawn) {
  std::vector<std::uint32_t> chosen;
  TrainingSet part{.n_classes = set.n_classes};
  for (std::uint32_t i = 0; i < set.size(); ++i) {
    if (drawn[i] == 0) continue;
    chosen.push_back(i);
    part.labels.push_back(set.labels[i]);
    part.counts.push_back(drawn[i]);
    part.weights.push_back(set.weights[i] / set.counts[i] * drawn[i]);
  }
  part.rows = select_rows(set.rows, chosen);
  return part;
}

}  // namespace resml
