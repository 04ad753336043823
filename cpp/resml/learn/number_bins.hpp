#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace resml {

// One number of many rows as small whole numbers: bin b lies between cuts[b - 1] and cuts[b].
struct NumberBins {
  std::vector<double> cuts;         // ascending, midway between two neighbouring values
  std::vector<std::uint16_t> bins;  // by row
};

// A bin for every distinct value where there are at most `most` (2 .. 65,536), else bins of about
// equally many rows.
NumberBins make_bins(std::span<const double> values, std::size_t most);

// Between two numbers, low < high: a threshold with low <= it < high, the middle where rounding
// lets it.
double threshold_between(double low, double high);

}  // namespace resml
