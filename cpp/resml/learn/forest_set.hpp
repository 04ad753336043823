#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/base/rng.hpp"
#include "resml/learn/forest_trees.hpp"
#include "resml/learn/number_bins.hpp"
#include "resml/rows/compact_rows.hpp"

namespace resml {

// A training set as all trees of a forest read it: entries (the incidents of a distinct row and a
// class) and every question that a tree may ask. Both forms of a set, grouped or not, become the
// same entries, and so the same sample is drawn from them.
struct ForestSet {
  ForestSet(const TrainingSet& set, const FitContext& context);

  struct Entry {
    std::uint32_t row = 0;
    std::uint32_t label = 0;
    std::uint32_t first_active = 0;  // of the row's indicators in rows.active
    std::uint32_t end_active = 0;
  };

  CompactRows rows;  // distinct
  std::uint32_t n_classes = 0;
  std::vector<Entry> entries;  // by row, then by label
  // By entry, of one incident: multiples of a power of two so large that sums of them are exact.
  std::vector<double> incident_weight;
  std::vector<std::uint32_t> entry_of_incident;  // ascending
  std::vector<NumberBins> numbers;               // by number
  std::vector<Question> questions;               // the indicators, then the cuts of the numbers

  std::span<const std::uint32_t> active_of(std::uint32_t entry) const {
    const Entry& of = entries[entry];
    return {rows.active.data() + of.first_active, of.end_active - of.first_active};
  }
  std::uint32_t label_of(std::uint32_t entry) const { return entries[entry].label; }
  std::uint16_t bin_of(std::uint32_t entry, std::uint32_t number) const {
    return numbers[number].bins[entries[entry].row];
  }
  double value_of(std::uint32_t entry, std::uint32_t number) const {
    return rows.numbers_of(entries[entry].row)[number];
  }
  // Whether an indicator is on.
  bool is_on(std::uint32_t entry, std::uint32_t column) const {
    if (!bits_.empty()) return (bits_[column * n_words_ + entry / 64] >> entry % 64 & 1) != 0;
    const auto active = active_of(entry);
    return std::binary_search(active.begin(), active.end(), column);
  }
  // The question that parts low from high, low < high in different bins, nearest to the middle.
  std::uint32_t question_between(std::uint32_t number, double low, double high) const;

 private:
  void bin_numbers(const FitContext& context);

  std::vector<std::uint32_t> first_cut_;  // by number: its first question
  std::size_t n_words_ = 0;               // 64 entries each, of one indicator
  std::vector<std::uint64_t> bits_;       // by indicator, by entry; empty if they would be too many
};

// The incidents that one tree grows on.
struct TreeSample {
  std::vector<std::uint32_t> entries;  // ascending
  std::vector<std::uint32_t> count;    // by entry of the set
  std::vector<double> weight;          // likewise

  // As many incidents as there are, drawn with replacement, or without a generator all of them.
  void draw(const ForestSet& set, Rng* rng);
};

}  // namespace resml
