#include "resml/learn/nearest_rows.hpp"

#include <algorithm>

namespace resml {

void NearestRows::add(double distance, std::uint32_t row) {
  if (distance > cut_) return;
  auto level = std::ranges::lower_bound(levels_, distance, {}, &Level::distance);
  if (level == levels_.end() || level->distance != distance) {
    level = levels_.insert(
        level, {.distance = distance, .count = 0, .votes = std::vector<double>(n_classes_, 0)});
  }
  for (std::size_t e = incidents_.starts[row]; e < incidents_.starts[row + 1]; ++e) {
    const double count = incidents_.count[e];
    level->votes[incidents_.class_of[e]] += count * incidents_.weight[e];
    level->count += count;
    count_ += count;
  }
  while (count_ - levels_.back().count >= wanted_) {
    count_ -= levels_.back().count;
    levels_.pop_back();
  }
  if (count_ >= wanted_) cut_ = levels_.back().distance;
}

std::vector<double> NearestRows::votes() const {
  std::vector<double> sums(n_classes_, 0);
  double left = wanted_;
  for (const Level& level : levels_) {
    const double part = std::min(1.0, left / level.count);
    for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += part * level.votes[c];
    left -= level.count;
  }
  return sums;
}

}  // namespace resml
