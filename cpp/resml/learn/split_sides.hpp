#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace resml {

// The class weights of a node's entries while they change sides. Sums of weights are exact
// (forest_set.hpp), so that an entry that went over and came back leaves no trace.
class SplitSides {
 public:
  // Both sides' weights, and the sums of the squares of their classes' weights.
  struct Totals {
    std::array<double, 2> weights{};
    std::array<double, 2> squares{};
  };

  explicit SplitSides(std::size_t n_classes) : sums_(2 * n_classes, 0) {}

  // Everything begins on side 0.
  void add(std::uint32_t label, double weight) {
    double& sum = sums_[at(label, 0)];
    totals_.squares[0] += weight * (2 * sum + weight);
    totals_.weights[0] += weight;
    sum += weight;
  }
  void move_to_1(std::uint32_t label, double weight) { move(label, 0, 1, weight); }
  void move_to_0(std::uint32_t label, double weight) { move(label, 1, 0, weight); }
  void clear(std::uint32_t label) { sums_[at(label, 0)] = sums_[at(label, 1)] = 0; }
  const Totals& totals() const { return totals_; }
  // Squares are not exact: after entries came back, what they were.
  void set_totals(const Totals& totals) { totals_ = totals; }

  // As purity_of_division (node_division.hpp); both sides must have entries.
  double purity() const {
    return totals_.squares[0] / totals_.weights[0] + totals_.squares[1] / totals_.weights[1];
  }

 private:
  static std::size_t at(std::size_t label, std::size_t side) { return 2 * label + side; }

  void move(std::uint32_t label, std::size_t from, std::size_t to, double weight) {
    double& left = sums_[at(label, from)];
    double& joined = sums_[at(label, to)];
    totals_.squares[from] -= weight * (2 * left - weight);
    totals_.squares[to] += weight * (2 * joined + weight);
    totals_.weights[from] -= weight;
    totals_.weights[to] += weight;
    left -= weight;
    joined += weight;
  }

  std::vector<double> sums_;  // class by class, side 0 and side 1
  Totals totals_;
};

}  // namespace resml
