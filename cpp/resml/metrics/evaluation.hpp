#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "resml/base/matrix.hpp"
#include "resml/metrics/score.hpp"

namespace resml {

struct ClassScores {
  std::string label;
  double support = 0;    // held-out rows of this true value
  Score recall;          // rows of this value predicted right / rows of this value (OB-EVAL-02)
  double precision = 0;  // 0 where the value was never predicted
  double f1 = 0;         // 0 where undefined
};

// One bar of the reliability diagram: rows whose stated probability fell into [low, high).
struct CalibrationBin {
  double low = 0;
  double high = 0;
  double count = 0;
  double mean_probability = 0;  // what was promised
  double accuracy = 0;          // what came true
};

// What a model is worth on rows it did not learn from. A value: made from labels, decisions,
// probabilities and counts, knows no classifier.
struct Evaluation {
  double n_rows = 0;
  Score accuracy;  // Wilson interval
  Score macro_f1;  // unweighted mean over the classes that occur as truth or decision; delta-method
                   // interval
  double macro_precision = 0;
  double macro_recall = 0;
  std::string majority_label;                  // the commonest value among the training rows
  Score majority_accuracy;                     // of always answering it
  std::vector<ClassScores> classes;            // values that occur in the hold-out, sorted by label
  std::vector<std::string> labels;             // rows and columns of the confusion matrix
  std::vector<std::vector<double>> confusion;  // [truth][decision], counts
  double log_loss = 0;                         // of the calibrated probabilities, natural log
  double calibration_error = 0;                // expected calibration error over the bins
  std::vector<CalibrationBin> calibration;     // ten bins of equal width, empty ones left out
};

// Everything of equal length: `truth` and `decisions` are classes (index into labels), `counts`
// how many incidents a row stands for, `probabilities` one row each with one column a class.
struct Scored {
  std::span<const std::uint32_t> truth;
  std::span<const std::uint32_t> decisions;
  std::span<const double> counts;
  const RowMatrix& probabilities;
};
Evaluation evaluate(const Scored& scored, std::span<const std::string> labels,
                    std::uint32_t majority_class);

// Wilson's score interval (Wilson 1927) for `hits` of `n`, 95 %; {0, 0, 1} where n is 0.
Score wilson_interval(double hits, double n);

// b - a for two shares measured on different rows, hits of n each, with its 95 % interval (Newcombe
// 1998, "Interval estimation for the difference between independent proportions", method 10).
Score difference_interval(double hits_a, double n_a, double hits_b, double n_b);

}  // namespace resml
