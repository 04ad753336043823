#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "resml/base/matrix.hpp"
#include "resml/rows/compact_rows.hpp"
#include "resml/tensor/tensor_bundle.hpp"

namespace resml {

// The distinct rows of two classes: `positive` is the weight that a row has in the first class,
// `negative` in the second.
struct PairProblem {
  CompactRows rows;
  std::vector<std::uint32_t> row_of;  // where in ClassedRows::rows, ascending
  std::vector<double> positive;
  std::vector<double> negative;
};

// A training set cut into the problems of one class against one other.
class ClassedRows {
 public:
  explicit ClassedRows(const TrainingSet& set);

  const CompactRows& rows() const { return rows_; }  // distinct, numbers bounded
  const std::vector<std::uint32_t>& classes() const { return classes_; }  // with weight, ascending
  // Distinct rows of a class, by its position in classes().
  std::size_t size_of(std::size_t position) const { return weights_[classes_[position]].size(); }
  // Positions in classes().
  PairProblem problem(std::size_t first, std::size_t second) const;

 private:
  CompactRows rows_;
  std::vector<std::uint32_t> classes_;
  std::vector<std::vector<std::pair<std::uint32_t, double>>> weights_;  // by class: row, weight
};

// P(positive | value) = 1 / (1 + exp(-(slope * value + offset))), slope >= 0.
struct Sigmoid {
  double slope = 0;
  double offset = 0;

  double operator()(double value) const;
};

// Platt's method on the values of the training rows.
Sigmoid fit_sigmoid(std::span<const double> values, std::span<const double> positive,
                    std::span<const double> negative);

// What one-versus-one classifiers say together. Pairs are numbered (0, 1), (0, 2), .. (1, 2), ..;
// a value above 0 speaks for the first of the two.
class ClassPairs {
 public:
  ClassPairs(std::uint32_t n_classes, std::vector<std::uint32_t> classes,
             std::vector<Sigmoid> sigmoids)
      : n_classes_(n_classes), classes_(std::move(classes)), sigmoids_(std::move(sigmoids)) {}
  static ClassPairs load(const TensorBundle& bundle, std::uint32_t n_classes);
  void add_to(TensorBundle& bundle) const;

  static std::size_t count(std::size_t n_classes) { return n_classes * (n_classes - 1) / 2; }
  // The two positions of every pair, in order.
  static std::vector<std::pair<std::size_t, std::size_t>> list(std::size_t n_classes);

  std::size_t size() const { return sigmoids_.size(); }

  // The class with the most votes, the first of several (LIBSVM). One row of `values` per row, one
  // column per pair.
  std::vector<std::uint32_t> decide(const RowMatrix& values) const;

  // One column per class; 0 for classes without weight.
  RowMatrix probabilities(const RowMatrix& values) const;

 private:
  std::uint32_t n_classes_;
  std::vector<std::uint32_t> classes_;  // those with weight, ascending
  std::vector<Sigmoid> sigmoids_;       // one per pair
};

}  // namespace resml
