#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace resml {

// Purities closer than this share of them are equal.
constexpr double kSamePurity = 1e-12;

// Sum over the classes of weight^2, divided by the weight: maximal where Gini impurity is minimal.
inline double purity_of(double squares, double weight) { return weight > 0 ? squares / weight : 0; }

// Of both sides together, by the weights per class of all entries and of those on one side.
inline double purity_of_division(std::span<const double> all, const double* on) {
  double on_weight = 0;
  double on_squares = 0;
  double off_weight = 0;
  double off_squares = 0;
  for (std::size_t c = 0; c < all.size(); ++c) {
    const double off = all[c] - on[c];
    on_weight += on[c];
    on_squares += on[c] * on[c];
    off_weight += off;
    off_squares += off * off;
  }
  return purity_of(on_squares, on_weight) + purity_of(off_squares, off_weight);
}

// Takes those that answer "no" to the front and leaves each side in its order; how many they are.
// Without a branch on the answer, which nobody could foresee.
template <class Entry, class Answer>
std::size_t divide_in_order(std::span<Entry> entries, std::vector<Entry>& scratch,
                            const Answer& answers_yes) {
  if (scratch.size() < entries.size()) scratch.resize(entries.size());
  Entry* no = entries.data();
  Entry* yes = scratch.data();
  for (const Entry entry : entries) {
    const bool is_yes = answers_yes(entry);
    *yes = entry;
    *no = entry;
    yes += is_yes ? 1 : 0;
    no += is_yes ? 0 : 1;
  }
  std::copy(scratch.data(), yes, no);
  return static_cast<std::size_t>(no - entries.data());
}

}  // namespace resml
