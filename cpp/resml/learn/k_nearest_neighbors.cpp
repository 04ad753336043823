#include "resml/learn/k_nearest_neighbors.hpp"

#include <algorithm>
#include <cmath>

#include "resml/base/error.hpp"
#include "resml/learn/block_order.hpp"
#include "resml/learn/merged_rows.hpp"
#include "resml/learn/model_rows.hpp"
#include "resml/learn/narrow_codes.hpp"

namespace resml {
namespace {

constexpr double kSmallestWeight = 1e-200;
constexpr double kLargestVote = 2;

Incidents load_incidents(const TensorBundle& bundle, const ModelShape& shape) {
  Incidents incidents;
  incidents.class_of = load_codes(bundle, "class_of", shape.n_classes);
  const std::size_t n = incidents.class_of.size();
  incidents.starts = load_short_starts(bundle, "classes_of_row",
                                       {.least = 1, .most = shape.n_classes, .total = n});
  incidents.count = load_codes(bundle, "count", std::uint64_t{1} << 32);
  if (incidents.count.size() != n || std::ranges::count(incidents.count, 0U) > 0) {
    throw ModelFileError("array \"count\": expected ", n, " values above 0");
  }
  const auto& weights = bundle.values<double>("weight");
  values_between(bundle, "weight", weights.size(), kSmallestWeight, kLargestVote);
  for (const std::uint32_t code : load_codes(bundle, "weight_of", weights.size())) {
    incidents.weight.push_back(weights[code]);
  }
  if (incidents.weight.size() != n) {
    throw ModelFileError("array \"weight_of\": expected ", n, " values, got ",
                         incidents.weight.size());
  }
  return incidents;
}

// A power of two takes the largest weight to about 1, so that sums of huge weights stay finite.
void scale(std::vector<double>& weights) {
  const int exponent = std::ilogb(*std::max_element(weights.begin(), weights.end()));
  for (double& weight : weights) {
    weight = std::max(std::ldexp(weight, -exponent), kSmallestWeight);
  }
}

}  // namespace

ClassifierPtr KNearestNeighbors::fit(const Options& options, const TrainingSet& set,
                                     const FitContext& context) {
  const ClassifiedRows merged = merge_by_class(set);
  const BlockOrder order = order_in_blocks(merged.rows, NeighborIndex::kMostRows, context);
  Incidents incidents;
  for (const std::uint32_t row : order.rows) {
    for (std::size_t e = merged.starts[row]; e < merged.starts[row + 1]; ++e) {
      incidents.class_of.push_back(merged.class_of[e]);
      incidents.count.push_back(static_cast<std::uint32_t>(std::llround(merged.counts[e])));
      incidents.weight.push_back(merged.weights[e] / merged.counts[e]);
    }
    incidents.starts.push_back(static_cast<std::uint32_t>(incidents.class_of.size()));
  }
  scale(incidents.weight);
  return ClassifierPtr(new KNearestNeighbors(
      ModelShape::of(set), options.n_neighbors,
      NeighborIndex(select_rows(merged.rows, order.rows), order.starts), std::move(incidents)));
}

RowMatrix KNearestNeighbors::predict_proba(const CompactRows& rows) const {
  require_same_columns(rows);
  RowMatrix proba = make_answers(rows);
  NeighborIndex::Scratch scratch(index_);
  const std::vector<std::uint32_t> order = similar_side_by_side(rows);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(order[i]);
    if (i > 0 && is_same_row(rows, order[i - 1], order[i])) {
      proba.row(row) = proba.row(static_cast<Eigen::Index>(order[i - 1]));
      continue;
    }
    NearestRows nearest(incidents_, shape().n_classes, static_cast<double>(n_neighbors_));
    index_.search(rows, order[i], scratch, nearest);
    const std::vector<double> votes = nearest.votes();
    double sum = 0;  // ends above 0: every incident's weight is
    for (const double vote : votes) sum += vote;
    for (std::size_t c = 0; c < votes.size(); ++c) {
      proba(row, static_cast<Eigen::Index>(c)) = votes[c] / sum;
    }
  }
  return proba;
}

TensorBundle KNearestNeighbors::save() const {
  std::vector<double> weights = incidents_.weight;
  std::ranges::sort(weights);
  weights.erase(std::unique(weights.begin(), weights.end()), weights.end());
  std::vector<std::uint32_t> weight_codes;
  for (const double weight : incidents_.weight) {
    const auto place = std::lower_bound(weights.begin(), weights.end(), weight);
    weight_codes.push_back(static_cast<std::uint32_t>(place - weights.begin()));
  }
  TensorBundle bundle;
  shape().add_to(bundle);
  bundle.add("n_neighbors", std::vector<std::uint64_t>{n_neighbors_});
  add_codes(bundle, "block_size", sizes_of(index_.starts()));
  add_rows(bundle, index_.rows());
  add_codes(bundle, "classes_of_row", sizes_of(incidents_.starts));
  add_codes(bundle, "class_of", incidents_.class_of);
  add_codes(bundle, "count", incidents_.count);
  bundle.add("weight", weights);
  add_codes(bundle, "weight_of", weight_codes);
  return bundle;
}

ClassifierPtr KNearestNeighbors::load(const TensorBundle& bundle) {
  const ModelShape shape = ModelShape::load(bundle);
  const std::uint64_t n_neighbors = bundle.values<std::uint64_t>("n_neighbors", 1)[0];
  if (n_neighbors == 0) throw ModelFileError("array \"n_neighbors\": expected at least 1, got 0");
  CompactRows rows = load_rows(bundle, shape);
  if (rows.size() == 0) throw ModelFileError("array \"row_size\": a model without rows");
  std::vector<std::uint32_t> blocks = load_short_starts(
      bundle, "block_size", {.least = 1, .most = NeighborIndex::kMostRows, .total = rows.size()});
  Incidents incidents = load_incidents(bundle, shape);
  if (incidents.starts.size() != rows.starts.size()) {
    throw ModelFileError("array \"classes_of_row\": expected ", rows.size(), " values, got ",
                         incidents.starts.size() - 1);
  }
  return ClassifierPtr(new KNearestNeighbors(
      shape, n_neighbors, NeighborIndex(std::move(rows), std::move(blocks)), std::move(incidents)));
}

}  // namespace resml
