#include "resml/learn/leaf_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "resml/base/rng.hpp"
#include "resml/learn/model_rows.hpp"
#include "resml/learn/narrow_codes.hpp"

namespace resml {
namespace {

constexpr std::uint32_t kFree = std::numeric_limits<std::uint32_t>::max();
constexpr double kStepsPerOctave = 16;
constexpr std::size_t kMostSteps = 255;

}  // namespace

std::uint32_t LeafTable::add(const std::vector<std::pair<std::uint32_t, double>>& class_weights) {
  double largest = 0;
  for (const auto& [label, weight] : class_weights) largest = std::max(largest, weight);
  for (const auto& [label, weight] : class_weights) {
    const double steps =
        weight == largest ? 0 : std::round(kStepsPerOctave * std::log2(largest / weight));
    if (steps > kMostSteps) continue;
    class_of_.push_back(label);
    steps_.push_back(static_cast<std::uint8_t>(steps));
  }
  return close_leaf();
}

std::vector<std::uint32_t> LeafTable::add_all(const LeafTable& other) {
  std::vector<std::uint32_t> indices;
  indices.reserve(other.size());
  for (std::size_t leaf = 0; leaf < other.size(); ++leaf) {
    const auto begin = static_cast<std::ptrdiff_t>(other.starts_[leaf]);
    const auto end = static_cast<std::ptrdiff_t>(other.starts_[leaf + 1]);
    class_of_.insert(class_of_.end(), other.class_of_.begin() + begin,
                     other.class_of_.begin() + end);
    steps_.insert(steps_.end(), other.steps_.begin() + begin, other.steps_.begin() + end);
    indices.push_back(close_leaf());
  }
  return indices;
}

std::uint32_t LeafTable::close_leaf() {
  if (2 * (size() + 1) > places_.size()) {
    places_.assign(std::max<std::size_t>(64, 2 * places_.size()), kFree);
    for (std::uint32_t leaf = 0; leaf < size(); ++leaf) {
      places_[find_place(starts_[leaf], starts_[leaf + 1])] = leaf;
    }
  }
  const std::size_t begin = starts_.back();
  const std::size_t place = find_place(begin, class_of_.size());
  if (places_[place] != kFree) {
    class_of_.resize(begin);
    steps_.resize(begin);
    return places_[place];
  }
  places_[place] = static_cast<std::uint32_t>(size());
  starts_.push_back(static_cast<std::uint32_t>(class_of_.size()));
  return places_[place];
}

// Where in places_ the leaf with these entries is, or is to be put.
std::size_t LeafTable::find_place(std::size_t begin, std::size_t end) const {
  std::uint64_t hash = end - begin;
  for (std::size_t e = begin; e < end; ++e) {
    hash = mix_bits(hash ^ (std::uint64_t{class_of_[e]} << 8 | steps_[e]));
  }
  const auto at = [](const auto& values, std::size_t i) {
    return values.begin() + static_cast<std::ptrdiff_t>(i);
  };
  std::size_t place = hash & (places_.size() - 1);
  for (; places_[place] != kFree; place = (place + 1) & (places_.size() - 1)) {
    const std::size_t first = starts_[places_[place]];
    const std::size_t last = starts_[places_[place] + 1];
    if (std::equal(at(class_of_, begin), at(class_of_, end), at(class_of_, first),
                   at(class_of_, last)) &&
        std::equal(at(steps_, begin), at(steps_, end), at(steps_, first))) {
      break;
    }
  }
  return place;
}

std::vector<double> LeafTable::shares() const {
  std::array<double, kMostSteps + 1> weight_at{};
  for (std::size_t i = 0; i < weight_at.size(); ++i) {
    weight_at[i] = std::exp2(-static_cast<double>(i) / kStepsPerOctave);
  }
  std::vector<double> shares;
  shares.reserve(steps_.size());
  for (std::size_t leaf = 0; leaf < size(); ++leaf) {
    double sum = 0;  // above 0: no leaf is empty
    for (std::size_t e = starts_[leaf]; e < starts_[leaf + 1]; ++e) sum += weight_at[steps_[e]];
    for (std::size_t e = starts_[leaf]; e < starts_[leaf + 1]; ++e) {
      shares.push_back(weight_at[steps_[e]] / sum);
    }
  }
  return shares;
}

void LeafTable::add_to(TensorBundle& bundle) const {
  add_codes(bundle, "leaf_size", sizes_of(starts_));
  add_codes(bundle, "class_of", class_of_);
  bundle.add("share_steps", steps_);
}

LeafTable LeafTable::load(const TensorBundle& bundle, const ModelShape& shape) {
  LeafTable table;
  table.class_of_ = load_codes(bundle, "class_of", shape.n_classes);
  table.steps_ = bundle.values<std::uint8_t>("share_steps", table.class_of_.size());
  table.starts_ = load_short_starts(
      bundle, "leaf_size",
      {.least = 1, .most = table.class_of_.size(), .total = table.class_of_.size()});
  return table;
}

}  // namespace resml
