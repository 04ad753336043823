#pragma once

#include <cstdint>

namespace resml {

// How many models the methods make of a learner where the user does not say. A learner that wants
// other numbers has them as `static constexpr EnsembleSizes kEnsembleSizes`.
struct EnsembleSizes {
  std::uint64_t n_members = 10;  // of Bagging
  std::uint64_t n_rounds = 10;   // of Adaptive Boosting
};

}  // namespace resml
