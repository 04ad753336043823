#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "resml/base/matrix.hpp"
#include "resml/tensor/tensor_bundle.hpp"

namespace resml {

// Turns a classifier's probabilities p into probabilities that come true:
//   q_c proportional to exp(slope * log p_c + bias_c)
// (temperature scaling with a bias per class: Guo et al., "On calibration of modern neural
// networks", ICML 2017, section 4.2). The biases undo class weights and upsampling. Fitted by
// penalised maximum likelihood on rows that the classifier did not see; the penalty holds it at the
// identity where there are few rows.
class Calibrator {
 public:
  Calibrator() = default;  // the identity
  static Calibrator fit(const RowMatrix& proba, std::span<const std::uint32_t> truth,
                        std::span<const double> counts) {
    return Calibrator().refit(proba, truth, counts);
  }
  // The same for other rows: quick where this one is near to what they show.
  Calibrator refit(const RowMatrix& proba, std::span<const std::uint32_t> truth,
                   std::span<const double> counts) const;
  static Calibrator load(const TensorBundle& bundle, std::size_t n_classes);
  TensorBundle save() const;

  RowMatrix apply(const RowMatrix& proba) const;

 private:
  // Slope and biases as one vector, slope first.
  Eigen::VectorXd parameters(Eigen::Index n_classes) const;

  double slope_ = 1;
  std::vector<double> bias_;  // one per class; empty = identity
};

}  // namespace resml
