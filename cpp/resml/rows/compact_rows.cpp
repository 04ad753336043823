#include "resml/rows/compact_rows.hpp"

namespace resml {

std::vector<double> class_totals(const TrainingSet& set) {
  std::vector<double> totals(set.n_classes, 0);
  for (std::size_t i = 0; i < set.size(); ++i) totals[set.labels[i]] += set.weights[i];
  return totals;
}

}  // namespace resml
