#pragma once

namespace resml {

constexpr double kZ = 1.959963984540054;  // 97.5 % quantile of the standard normal distribution

// A share or score, or a difference of two, with its 95 % interval.
struct Score {
  double value = 0;
  double low = 0;
  double high = 0;
};

}  // namespace resml
