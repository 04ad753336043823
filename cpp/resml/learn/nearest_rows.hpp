#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace resml {

// The incidents of some rows, class by class: row i has the entries starts[i] ..
struct Incidents {
  std::vector<std::uint32_t> starts{0};
  std::vector<std::uint32_t> class_of = {};
  std::vector<std::uint32_t> count = {};  // > 0
  std::vector<double> weight = {};        // of each of them, > 0
};

// The nearest incidents found so far, by distance: as many distances as it takes to have `wanted`
// incidents, the last of them in full.
class NearestRows {
 public:
  NearestRows(const Incidents& incidents, std::uint32_t n_classes, double wanted)
      : incidents_(incidents), n_classes_(n_classes), wanted_(wanted) {}

  // Rows further away than this cannot matter any more.
  double cut() const { return cut_; }
  // A row that was not added before.
  void add(double distance, std::uint32_t row);
  // Votes by class. Incidents at the last distance share the votes that are left, each has the same
  // part of its own. At least one row was added.
  std::vector<double> votes() const;

 private:
  struct Level {
    double distance = 0;
    double count = 0;
    std::vector<double> votes = {};  // by class
  };

  const Incidents& incidents_;
  std::uint32_t n_classes_;
  double wanted_;
  double count_ = 0;  // over all levels
  double cut_ = std::numeric_limits<double>::infinity();
  std::vector<Level> levels_;  // ascending
};

}  // namespace resml
