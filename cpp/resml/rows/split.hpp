#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "resml/base/rng.hpp"

namespace resml {

// Rows per class, of groups with `counts` rows each; labels < n_classes.
std::vector<std::uint64_t> class_sizes(std::span<const std::uint32_t> labels,
                                       std::span<const std::uint64_t> counts,
                                       std::uint32_t n_classes);

// ceil(share * n), where rounding of the share itself does not count: 3 of 10 for 0.3.
std::uint64_t rows_of_share(double share, std::uint64_t n);

// How many of each group's rows are held out. In all rows_of_share(fraction, n); each class gives
// its share to within one row (largest remainders first), a class with one row none. Within a class
// every row is held out with the same chance (selection sampling: Knuth, TAOCP 2, 3.4.2, S).
// `labels` and `counts` have one entry per group; labels < n_classes; 0 < fraction < 1.
std::vector<std::uint64_t> draw_holdout(std::span<const std::uint32_t> labels,
                                        std::span<const std::uint64_t> counts,
                                        std::uint32_t n_classes, double fraction, Rng& rng);

// Every class smaller than the largest is redrawn with replacement to the size of the largest, the
// largest is left as it is: the new counts, by group (0 = not drawn).
std::vector<std::uint64_t> upsample(std::span<const std::uint32_t> labels,
                                    std::span<const std::uint64_t> counts, std::uint32_t n_classes,
                                    Rng& rng);

}  // namespace resml
