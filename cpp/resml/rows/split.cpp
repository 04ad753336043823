#include "resml/rows/split.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace resml {
namespace {

// How many rows each class holds out: its share rounded down, then one more where the most was
// rounded away, until the total is reached. Every class keeps at least one row to learn from.
std::vector<std::uint64_t> holdout_sizes(const std::vector<std::uint64_t>& sizes, double fraction) {
  const std::uint64_t n = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
  const std::uint64_t total = rows_of_share(fraction, n);
  std::vector<std::uint64_t> held(sizes.size());
  std::vector<double> remainder(sizes.size());
  std::uint64_t given = 0;
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    const double share = fraction * static_cast<double>(sizes[c]);
    held[c] = static_cast<std::uint64_t>(share);
    remainder[c] = share - static_cast<double>(held[c]);
    given += held[c];
  }
  std::vector<std::size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return remainder[a] > remainder[b]; });
  for (const std::size_t c : order) {
    if (given >= total) break;
    if (held[c] + 1 >= sizes[c]) continue;
    ++held[c];
    ++given;
  }
  return held;
}

}  // namespace

std::vector<std::uint64_t> class_sizes(std::span<const std::uint32_t> labels,
                                       std::span<const std::uint64_t> counts,
                                       std::uint32_t n_classes) {
  std::vector<std::uint64_t> sizes(n_classes, 0);
  for (std::size_t i = 0; i < labels.size(); ++i) sizes[labels[i]] += counts[i];
  return sizes;
}

std::uint64_t rows_of_share(double share, std::uint64_t n) {
  return static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(n) - 1e-9));
}

std::vector<std::uint64_t> draw_holdout(std::span<const std::uint32_t> labels,
                                        std::span<const std::uint64_t> counts,
                                        std::uint32_t n_classes, double fraction, Rng& rng) {
  std::vector<std::uint64_t> left = class_sizes(labels, counts, n_classes);
  std::vector<std::uint64_t> needed = holdout_sizes(left, fraction);
  std::vector<std::uint64_t> held(labels.size(), 0);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::uint32_t label = labels[i];
    for (std::uint64_t k = 0; k < counts[i]; ++k) {
      if (rng.below(left[label]--) >= needed[label]) continue;
      --needed[label];
      ++held[i];
    }
  }
  return held;
}

std::vector<std::uint64_t> upsample(std::span<const std::uint32_t> labels,
                                    std::span<const std::uint64_t> counts, std::uint32_t n_classes,
                                    Rng& rng) {
  const std::vector<std::uint64_t> sizes = class_sizes(labels, counts, n_classes);
  const std::uint64_t largest = *std::max_element(sizes.begin(), sizes.end());
  std::vector<std::uint64_t> drawn(counts.begin(), counts.end());
  for (std::uint32_t label = 0; label < n_classes; ++label) {
    if (sizes[label] == 0 || sizes[label] == largest) continue;
    std::vector<std::size_t> members;
    std::vector<std::uint64_t> ends;  // running sum of the members' counts
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (labels[i] != label) continue;
      members.push_back(i);
      ends.push_back((ends.empty() ? 0 : ends.back()) + counts[i]);
      drawn[i] = 0;
    }
    for (std::uint64_t k = 0; k < largest; ++k) {
      const auto end = std::upper_bound(ends.begin(), ends.end(), rng.below(sizes[label]));
      ++drawn[members[static_cast<std::size_t>(end - ends.begin())]];
    }
  }
  return drawn;
}

}  // namespace resml
