#include "resml/learn/number_bins.hpp"

#include <algorithm>

namespace resml {

double threshold_between(double low, double high) {
  // Neighbouring doubles have no number between them, and halves of tiny ones are rounded.
  const double middle = low / 2 + high / 2;
  return middle >= low && middle < high ? middle : low;
}

NumberBins make_bins(std::span<const double> values, std::size_t most) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  std::size_t n_distinct = sorted.empty() ? 0 : 1;
  for (std::size_t i = 1; i < sorted.size(); ++i) n_distinct += sorted[i] != sorted[i - 1] ? 1 : 0;
  NumberBins made;
  // A bin is closed once it has its share of the rows that were left when it was opened.
  std::size_t begin = 0;
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i] == sorted[i - 1]) continue;
    const std::size_t bins_left = most - made.cuts.size();
    const std::size_t share = (sorted.size() - begin + bins_left - 1) / bins_left;
    if (n_distinct > most && i - begin < share) continue;
    if (bins_left == 1) break;
    made.cuts.push_back(threshold_between(sorted[i - 1], sorted[i]));
    begin = i;
  }
  made.bins.reserve(values.size());
  for (const double value : values) {
    // The first cut that is not below the value: a value equal to a cut lies beneath it.
    const auto cut = std::lower_bound(made.cuts.begin(), made.cuts.end(), value);
    made.bins.push_back(static_cast<std::uint16_t>(cut - made.cuts.begin()));
  }
  return made;
}

}  // namespace resml
