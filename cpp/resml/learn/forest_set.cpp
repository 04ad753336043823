#include "resml/learn/forest_set.hpp"

#include <algorithm>
#include <cmath>

#include "resml/learn/merged_rows.hpp"

namespace resml {
namespace {

constexpr std::size_t kMostCuts = 1 << 15;  // so that most nodes' codes have 16 bits
constexpr std::size_t kFewestBins = 256;    // of each number, however many numbers there are
constexpr std::size_t kMostWords = std::size_t{4} << 20;  // of indicators as bits
constexpr int kExactBits = 52;

// A power of two takes the largest weight to about 1, so that squares of huge weights stay finite.
// Then all are rounded to a grid on which sums of up to `n_incidents` of them are exact: what is
// added and taken away again leaves nothing behind.
std::vector<double> incident_weights(const ClassifiedRows& classified, std::size_t n_incidents) {
  std::vector<double> weights(classified.n_entries());
  for (std::size_t e = 0; e < weights.size(); ++e) {
    weights[e] = classified.weights[e] / classified.counts[e];
  }
  const int largest = std::ilogb(*std::max_element(weights.begin(), weights.end()));
  const int grid = kExactBits - 1 - std::ilogb(static_cast<double>(n_incidents)) - 1;
  for (double& weight : weights) {
    const double steps = std::round(std::ldexp(weight, grid - largest));
    weight = std::ldexp(std::max(steps, 1.0), -grid);
  }
  return weights;
}

}  // namespace

ForestSet::ForestSet(const TrainingSet& set, const FitContext& context) : n_classes(set.n_classes) {
  ClassifiedRows classified = merge_by_class(set);
  for (std::uint32_t e = 0; e < classified.n_entries(); ++e) {
    entry_of_incident.insert(entry_of_incident.end(),
                             static_cast<std::size_t>(std::llround(classified.counts[e])), e);
  }
  incident_weight = incident_weights(classified, entry_of_incident.size());
  rows = std::move(classified.rows);
  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    for (std::uint32_t e = classified.starts[row]; e < classified.starts[row + 1]; ++e) {
      entries.push_back({.row = row,
                         .label = classified.class_of[e],
                         .first_active = static_cast<std::uint32_t>(rows.starts[row]),
                         .end_active = static_cast<std::uint32_t>(rows.starts[row + 1])});
    }
  }
  for (std::uint32_t j = 0; j < rows.n_indicators; ++j) questions.push_back({j, 0.5});
  bin_numbers(context);
  n_words_ = entries.size() / 64 + 1;
  if (rows.n_indicators * n_words_ > kMostWords) return;
  bits_.assign(rows.n_indicators * n_words_, 0);
  for (std::uint32_t e = 0; e < entries.size(); ++e) {
    for (const std::uint32_t j : active_of(e)) {
      bits_[j * n_words_ + e / 64] |= std::uint64_t{1} << e % 64;
    }
  }
}

void ForestSet::bin_numbers(const FitContext& context) {
  std::vector<double> values(rows.size());
  for (std::uint32_t k = 0; k < rows.n_numbers; ++k) {
    throw_if_stopped(context);
    for (std::size_t row = 0; row < values.size(); ++row) values[row] = rows.numbers_of(row)[k];
    numbers.push_back(make_bins(values, std::max(kFewestBins, kMostCuts / rows.n_numbers)));
    first_cut_.push_back(static_cast<std::uint32_t>(questions.size()));
    for (const double cut : numbers.back().cuts) questions.push_back({rows.n_indicators + k, cut});
  }
}

std::uint32_t ForestSet::question_between(std::uint32_t number, double low, double high) const {
  const std::vector<double>& cuts = numbers[number].cuts;
  const double middle = threshold_between(low, high);
  auto cut = std::lower_bound(cuts.begin(), cuts.end(), middle);
  const bool is_beyond = cut == cuts.end() || *cut >= high;
  if (is_beyond ||
      (cut != cuts.begin() && *(cut - 1) >= low && middle - *(cut - 1) < *cut - middle)) {
    --cut;
  }
  return first_cut_[number] + static_cast<std::uint32_t>(cut - cuts.begin());
}

void TreeSample::draw(const ForestSet& set, Rng* rng) {
  const std::vector<std::uint32_t>& incidents = set.entry_of_incident;
  count.assign(set.entries.size(), 0);
  for (const std::uint32_t entry : incidents) {
    ++count[rng == nullptr ? entry : incidents[rng->below(incidents.size())]];
  }
  weight.resize(set.entries.size());
  entries.clear();
  for (std::uint32_t e = 0; e < count.size(); ++e) {
    weight[e] = set.incident_weight[e] * count[e];
    if (count[e] > 0) entries.push_back(e);
  }
}

}  // namespace resml
