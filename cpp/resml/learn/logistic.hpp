#pragma once

#include <algorithm>
#include <cmath>

namespace resml {

// 1 / (1 + exp(-z)) without overflow.
inline double logistic(double z) {
  const double e = std::exp(-std::abs(z));
  return (z >= 0 ? 1 : e) / (1 + e);
}

// log(1 + exp(z)) without overflow; log(logistic(z)) is its negative at -z.
inline double log_one_plus_exp(double z) {
  return std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z)));
}

}  // namespace resml
