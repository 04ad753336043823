#include "resml/learn/row_products.hpp"

namespace resml {

Eigen::MatrixXd weighted_gram(const CompactRows& rows, std::size_t begin, std::size_t end,
                              std::span<const double> scales) {
  const auto size = static_cast<Eigen::Index>(rows.n_columns()) + 1;
  const Eigen::Index intercept = size - 1;
  const Eigen::Index first_number = rows.n_indicators;
  Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(size, size);
  for (std::size_t i = begin; i < end; ++i) {
    const double scale = scales[i];
    if (scale == 0) continue;
    const auto active = rows.active_of(i);
    const auto numbers = rows.numbers_of(i);
    for (std::size_t a = 0; a < active.size(); ++a) {
      double* column = gram.col(active[a]).data();
      for (std::size_t b = a; b < active.size(); ++b) column[active[b]] += scale;
      column += first_number;
      for (std::size_t k = 0; k < numbers.size(); ++k) column[k] += scale * numbers[k];
    }
    for (std::size_t a = 0; a < numbers.size(); ++a) {
      double* column = gram.col(first_number + static_cast<Eigen::Index>(a)).data() + first_number;
      const double scaled = scale * numbers[a];
      for (std::size_t k = a; k < numbers.size(); ++k) column[k] += scaled * numbers[k];
      column[numbers.size()] += scaled;  // times the 1 of the intercept
    }
    gram(intercept, intercept) += scale;
  }
  // An indicator times the intercept is the indicator times itself.
  for (Eigen::Index j = 0; j < first_number; ++j) gram(intercept, j) = gram(j, j);
  return gram;
}

}  // namespace resml
