#pragma once

#include <cstddef>
#include <vector>

namespace resml {

// Held-out rows by truth and decision, with what macro F1 needs of them.
class Confusion {
 public:
  explicit Confusion(std::size_t n_classes);
  void add(std::size_t truth, std::size_t decision, double count);

  // Sums of one class.
  struct Sums {
    double truth = 0;
    double decided = 0;
    double right = 0;

    bool occurs() const { return truth + decided > 0; }
    double f1() const { return occurs() ? 2 * right / (truth + decided) : 0; }
  };
  const std::vector<Sums>& sums() const { return sums_; }
  // [truth][decision], counts.
  const std::vector<std::vector<double>>& cells() const { return cells_; }
  double n_rows() const { return n_rows_; }
  std::size_t n_occurring() const;

  // Unweighted mean over the classes that occur as truth or decision; 0 without any.
  double macro_f1() const;
  // Its derivative by the share of the rows in this cell.
  double macro_f1_derivative(std::size_t truth, std::size_t decision) const;

 private:
  std::vector<std::vector<double>> cells_;
  std::vector<Sums> sums_;
  double n_rows_ = 0;
};

}  // namespace resml
