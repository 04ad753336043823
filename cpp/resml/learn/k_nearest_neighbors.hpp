#pragma once

#include "resml/base/fit_context.hpp"
#include "resml/learn/classifier.hpp"
#include "resml/learn/nearest_rows.hpp"
#include "resml/learn/neighbor_index.hpp"
#include "resml/learn/options.hpp"

namespace resml {

struct KNearestNeighborsOptions {
  std::uint64_t n_neighbors = 5;

  void each_field(FieldVisitor& visit) {
    visit("n_neighbors", n_neighbors, at_least(1), "incidents that vote");
  }
};

// The nearest incidents vote (Cover and Hart, "Nearest neighbor pattern classification", IEEE
// Transactions on Information Theory 13, 1967), by Euclidean distance over all columns. Which ones
// are near is a matter of incidents, not of weights; a vote has its incident's weight. All
// incidents at the largest distance share the votes that are left: no order of rows decides.
class KNearestNeighbors final : public Classifier {
 public:
  using Options = KNearestNeighborsOptions;
  static constexpr std::string_view kKind = "k_nearest_neighbors";
  static constexpr std::string_view kName = "K-Nearest Neighbor";
  static constexpr std::string_view kMeaning =
      "what the most similar incidents were; the model holds all of them";

  static ClassifierPtr fit(const Options& options, const TrainingSet& set,
                           const FitContext& context);
  static ClassifierPtr load(const TensorBundle& bundle);

  std::string_view kind() const override { return kKind; }
  RowMatrix predict_proba(const CompactRows& rows) const override;
  TensorBundle save() const override;

 private:
  KNearestNeighbors(const ModelShape& shape, std::uint64_t n_neighbors, NeighborIndex index,
                    Incidents incidents)
      : Classifier(shape),
        n_neighbors_(n_neighbors),
        index_(std::move(index)),
        incidents_(std::move(incidents)) {}

  std::uint64_t n_neighbors_;
  NeighborIndex index_;
  Incidents incidents_;
};

}  // namespace resml
