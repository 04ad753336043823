#include "resml/metrics/confusion.hpp"

#include <algorithm>

namespace resml {

Confusion::Confusion(std::size_t n_classes)
    : cells_(n_classes, std::vector<double>(n_classes, 0)), sums_(n_classes) {}

void Confusion::add(std::size_t truth, std::size_t decision, double count) {
  cells_[truth][decision] += count;
  sums_[truth].truth += count;
  sums_[decision].decided += count;
  if (truth == decision) sums_[truth].right += count;
  n_rows_ += count;
}

std::size_t Confusion::n_occurring() const {
  return static_cast<std::size_t>(
      std::count_if(sums_.begin(), sums_.end(), [](const Sums& sum) { return sum.occurs(); }));
}

double Confusion::macro_f1() const {
  const std::size_t n = n_occurring();
  if (n == 0) return 0;
  double total = 0;
  for (const Sums& sum : sums_) total += sum.f1();
  return total / static_cast<double>(n);
}

double Confusion::macro_f1_derivative(std::size_t truth, std::size_t decision) const {
  const Sums& t = sums_[truth];
  const Sums& d = sums_[decision];
  const double row = (t.truth + t.decided) / n_rows_;
  const double column = (d.truth + d.decided) / n_rows_;
  const double derivative =
      truth == decision ? 2 * (1 - t.f1()) / row : -t.f1() / row - d.f1() / column;
  return derivative / static_cast<double>(n_occurring());
}

}  // namespace resml
