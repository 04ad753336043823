#include "resml/pipeline/calibrator.hpp"

#include <gtest/gtest.h>

namespace resml {
namespace {

// What a hold-out says after calibration of `said`, the classifier's share for the class that it
// decides: n rows decided for each of n_classes, n_right of them right, the others evenly spread.
double calibrated(double said, double n, double n_right, std::uint32_t n_classes) {
  std::vector<std::uint32_t> truth;
  std::vector<double> counts;
  std::vector<std::uint32_t> decided;
  for (std::uint32_t d = 0; d < n_classes; ++d) {
    for (std::uint32_t t = 0; t < n_classes; ++t) {
      truth.push_back(t);
      decided.push_back(d);
      counts.push_back(t == d ? n_right : (n - n_right) / (n_classes - 1));
    }
  }
  RowMatrix proba(static_cast<Eigen::Index>(truth.size()), static_cast<Eigen::Index>(n_classes));
  proba.setConstant((1 - said) / (n_classes - 1));
  for (std::size_t i = 0; i < decided.size(); ++i) {
    proba(static_cast<Eigen::Index>(i), decided[i]) = said;
  }
  return Calibrator::fit(proba, truth, counts).apply(proba)(0, 0);
}

TEST(Calibrator, LeavesWhatIsRight) {
  EXPECT_NEAR(calibrated(0.8, 5000, 4000, 2), 0.8, 1e-3);
  EXPECT_NEAR(calibrated(0.8, 5000, 4000, 4), 0.8, 1e-3);
  EXPECT_NEAR(calibrated(0.8, 4, 4, 2), 0.8, 0.1);
}

TEST(Calibrator, BringsCertaintyDownToWhatCameTrue) {
  EXPECT_NEAR(calibrated(1, 1000, 800, 2), 0.8, 1e-3);
  EXPECT_NEAR(calibrated(1, 1000, 800, 4), 0.8, 2e-3);
  EXPECT_NEAR(calibrated(0.6, 1000, 900, 2), 0.9, 1e-2);
}

TEST(Calibrator, DoesNotTurnTheOrderAround) {
  EXPECT_NEAR(calibrated(0.8, 1000, 300, 2), 0.5, 1e-9);  // 0.3 with a slope below 0
}

// A tree's pure leaves say 1. n rows without an error do not show that errors are rarer than one in
// n + 2 (Laplace).
TEST(Calibrator, WithoutAnErrorIsAsSureAsTheHoldoutIsLarge) {
  for (const double n : {40.0, 400.0, 40000.0}) {
    for (const std::uint32_t n_classes : {2U, 5U}) {
      const double error = 1 - calibrated(1, n, n, n_classes);
      EXPECT_NEAR(error * (n * n_classes + 2), 1, 0.1) << n << ' ' << n_classes;
    }
  }
}

}  // namespace
}  // namespace resml
