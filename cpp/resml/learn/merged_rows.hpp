#pragma once

#include <cstdint>
#include <vector>

#include "resml/rows/compact_rows.hpp"
#include "resml/rows/distinct_rows.hpp"

namespace resml {

// Rows that differ in some column, whatever their labels.
struct MergedRows {
  CompactRows rows;             // in the order of their first occurrence; numbers bounded
  std::vector<double> weights;  // summed over the labels; rows of weight 0 are left out
  // By given row: where it went in `rows`; kLeftOut for a row of weight 0.
  std::vector<std::uint32_t> place_of;

  static constexpr std::uint32_t kLeftOut = DistinctRows::kNone;
};

MergedRows merge_equal_rows(const TrainingSet& set);

// The rows by their indicators, so that neighbours have most of them in common.
std::vector<std::uint32_t> similar_side_by_side(const CompactRows& rows);

// As merge_equal_rows, class by class: row i has the entries starts[i] .. starts[i + 1] - 1. Both
// forms of a set, with counts and with every incident as a row of its own, become the same entries.
struct ClassifiedRows {
  CompactRows rows;
  std::vector<std::uint32_t> starts{0};
  std::vector<std::uint32_t> class_of = {};  // by entry, ascending within a row
  std::vector<double> counts = {};           // incidents, > 0
  std::vector<double> weights = {};          // > 0

  std::size_t n_entries() const { return class_of.size(); }
};

// In the order of similar_side_by_side.
ClassifiedRows merge_by_class(const TrainingSet& set);

}  // namespace resml
