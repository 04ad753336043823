#pragma once

#include "resml/base/fit_context.hpp"
#include "resml/learn/classifier.hpp"
#include "resml/learn/options.hpp"

namespace resml {

struct DecisionTreeOptions {
  std::uint64_t max_depth = 0;
  std::uint64_t min_samples_split = 20;
  std::uint64_t min_samples_leaf = 1;

  void each_field(FieldVisitor& visit) {
    visit("max_depth", max_depth, at_least(0), "questions from the root to a leaf, 0 = no limit");
    visit("min_samples_split", min_samples_split, at_least(2),
          "incidents that a node needs to be split");
    visit("min_samples_leaf", min_samples_leaf, at_least(1), "incidents that a leaf must keep");
  }
};

// One binary tree, split by Gini impurity (Breiman, Friedman, Olshen, Stone, "Classification and
// Regression Trees", 1984). A node asks whether an indicator is on, or whether a number is above a
// threshold (midway between two training values); "yes" goes right. Of equally good questions the
// first column wins (indicators before numbers), then the smallest threshold.
class DecisionTree final : public Classifier {
 public:
  using Options = DecisionTreeOptions;
  static constexpr std::string_view kKind = "decision_tree";
  static constexpr std::string_view kName = "Decision Tree";
  static constexpr std::string_view kMeaning =
      "one tree of yes/no questions: quick, finds combinations, easy to explain";

  static ClassifierPtr fit(const Options& options, const TrainingSet& set,
                           const FitContext& context);
  static ClassifierPtr load(const TensorBundle& bundle);

  std::string_view kind() const override { return kKind; }
  std::size_t n_classes() const override { return n_classes_; }
  std::size_t n_columns() const override { return std::size_t{n_indicators_} + n_numbers_; }
  RowMatrix predict_proba(const CompactRows& rows) const override;
  TensorBundle save() const override;

  std::size_t n_nodes() const { return column_.size(); }

 private:
  friend class TreeGrower;
  std::uint32_t leaf_of(const CompactRows& rows, std::size_t row) const;

  std::uint32_t n_classes_ = 0;
  std::uint32_t n_indicators_ = 0;
  std::uint32_t n_numbers_ = 0;
  // One entry per node; children come after their parent.
  std::vector<std::uint32_t> column_;  // asked for: indicator, then number; kLeaf in a leaf
  std::vector<double> threshold_;      // of a number
  std::vector<std::uint32_t> left_;    // "no"; 0 in a leaf
  std::vector<std::uint32_t> right_;   // "yes"
  std::vector<double> share_;          // nodes x classes: weighted share of each class
};

}  // namespace resml
