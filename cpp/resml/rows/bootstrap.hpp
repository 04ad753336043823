#pragma once

#include <vector>

#include "resml/base/rng.hpp"
#include "resml/rows/compact_rows.hpp"

namespace resml {

// `set` with equal rows of the same label made one, in the order of their first occurrence; rows of
// weight 0 are left out. Of this set the same draws come whether equal incidents were one row or
// several.
TrainingSet merge_equal_pairs(const TrainingSet& set);

// As many incidents as there are, drawn with replacement: how often each row was drawn. The counts
// are whole numbers. Exact integer arithmetic: the same numbers on every machine.
std::vector<double> draw_bootstrap(const std::vector<double>& counts, Rng& rng);

// The rows that were drawn, with the counts they were drawn with; weights keep their ratio to the
// counts.
TrainingSet with_drawn_counts(const TrainingSet& set, const std::vector<double>& drawn);

}  // namespace resml
