#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "resml/base/matrix.hpp"
#include "resml/learn/model_shape.hpp"
#include "resml/rows/compact_rows.hpp"
#include "resml/tensor/tensor_bundle.hpp"

namespace resml {

// A fitted model: immutable, so that one serves many threads. Each learner adds two statics,
//   static ClassifierPtr fit(const X::Options&, const TrainingSet&, const FitContext&);
//   static ClassifierPtr load(const TensorBundle&);
// and its names, and gets an entry in registry.cpp. One that answers the same whatever the fields
// say has `static constexpr bool kLooksAtFields = false`: no method makes it better. `fit` may rely
// on: at least one row, every weight >= 0 and one of them > 0, labels < n_classes. A row of weight
// 0 changes nothing; a class without weight is never likelier than one with it; without columns the
// answer is the classes' shares of the weight. Numbers may be as large as doubles are: bounded()
// keeps their sums and squares finite.
class Classifier {
 public:
  virtual ~Classifier() = default;

  virtual std::string_view kind() const = 0;

  // What it was fitted on: a model file's parts are checked against each other by these.
  const ModelShape& shape() const { return shape_; }
  std::size_t n_classes() const { return shape_.n_classes; }
  std::size_t n_columns() const { return shape_.n_columns(); }

  // One row per input row, one column per class; each row sums to 1, never NaN. InputError where
  // the rows have other columns than the model.
  virtual RowMatrix predict_proba(const CompactRows& rows) const = 0;

  // The learner's own decision, a class per row, given what predict_proba said of the same rows.
  // By default the most probable class, the first one where several are equal.
  virtual std::vector<std::uint32_t> decide(const CompactRows& rows, const RowMatrix& proba) const;

  // Both at once: for some learners each costs the same work.
  struct Answers {
    RowMatrix proba;
    std::vector<std::uint32_t> decisions;
  };
  virtual Answers answer(const CompactRows& rows) const;

  // A matrix for the probabilities of `rows`, not filled.
  RowMatrix make_answers(const CompactRows& rows) const;

  // Everything load() needs, its shape included.
  virtual TensorBundle save() const = 0;

 protected:
  explicit Classifier(const ModelShape& shape) : shape_(shape) {}

  // Every predict_proba starts with it: no row may index beyond the model's arrays.
  void require_same_columns(const CompactRows& rows) const;

 private:
  ModelShape shape_;
};

using ClassifierPtr = std::unique_ptr<const Classifier>;

// Log-probabilities up to a constant per row become probabilities. Each row has a finite maximum;
// -infinity becomes 0.
void normalize_log_proba(RowMatrix& log_proba);

// log(total / sum of totals) per class; -infinity for a class of total 0.
std::vector<double> log_shares(std::vector<double> totals);

}  // namespace resml
