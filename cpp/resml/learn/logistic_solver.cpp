// Newton's method with a line search. What makes it safe is that the third derivative of the
// logistic loss is bounded by the second: while no margin moves by more than 1, a Newton step
// always descends, and the error it leaves is at most (largest move) * (error before), measured in
// the norm of the Hessian (Bach, "Self-concordant analysis for logistic regression", Electronic
// Journal of Statistics 4, 2010). The Hessian is at least I, so this bounds the coefficients too.
// Steps too large to factorise are solved by conjugate gradients to a precision that grows with
// convergence (Lin, Weng, Keerthi, "Trust region Newton method for logistic regression", JMLR 9,
// 2008).
#include "resml/learn/logistic_solver.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <vector>

#include "resml/learn/logistic.hpp"
#include "resml/learn/row_products.hpp"

namespace resml {
namespace {

using Vector = Eigen::VectorXd;

constexpr double kCoefficientError = 1e-7;
// Below this move of the margins only rounding is left to improve.
constexpr double kStandstill = 1e-10;

class Newton {
 public:
  Newton(const LogisticProblem& problem, const FitContext& context)
      : problem_(problem),
        context_(context),
        rows_(problem.data.rows),
        size_(static_cast<Eigen::Index>(rows_.n_columns()) + 1),
        intercept_(size_ - 1),
        weights_(problem.data.weights) {
    // Divided by c times the total weight, the objective neither over- nor underflows.
    double total = 0;
    for (const double weight : weights_) total += weight;
    for (double& weight : weights_) weight /= total;
    positive_ = problem.positive_sum / total;
    ridge_ = std::max(1 / (problem.c * total), kSmallestRidge);
    factorise_ = problem.system == NewtonSystem::Factorised ||
                 (problem.system == NewtonSystem::Fastest && factorising_is_faster());
  }

  LogisticSolution solve() {
    LogisticSolution solution{start(), false};
    Vector& w = solution.coefficients;
    margins_ = products(w);
    move_.assign(rows_.size(), 0);
    set_sigmoids(0);
    double precision = 0.1;
    for (std::uint64_t step = 0; !solution.converged; ++step) {
      solution.ran_out = step == problem_.max_iter;
      if (solution.ran_out) break;
      throw_if_stopped(context_);
      const Vector gradient = gradient_at(w);
      const Vector direction = newton_direction(gradient, precision);
      const double decrease = -gradient.dot(direction);
      if (!(decrease > 0 && std::isfinite(decrease))) {
        solution.converged = decrease == 0;
        break;
      }
      move_ = products(direction);
      double reach = 0;
      for (const double z : move_) reach = std::max(reach, std::abs(z));
      const double length = search_line(w, direction, decrease, reach);
      w += length * direction;
      for (std::size_t i = 0; i < rows_.size(); ++i) margins_[i] += length * move_[i];
      const double error = std::sqrt(decrease / ridge_);
      const double shrinks = reach + (factorise_ ? 0 : 100 * precision);
      solution.converged = length == 1 && (std::min(shrinks, 1.0) * error <= kCoefficientError ||
                                           reach <= kStandstill);
      precision = std::clamp(reach, 1e-5, 0.1);
    }
    return solution;
  }

 private:
  // The best constant answer: far better than 0 for a rare class.
  Vector start() const {
    Vector w = Vector::Zero(size_);
    const double share = std::clamp(positive_[intercept_], 1e-6, 1 - 1e-6);
    w[intercept_] = std::log(share / (1 - share));
    return w;
  }

  std::vector<double> products(const Vector& w) const {
    std::vector<double> result(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) result[i] = product(rows_, i, w);
    return result;
  }

  void set_sigmoids(double length) {
    sigmoids_.resize(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      sigmoids_[i] = logistic(margins_[i] + length * move_[i]);
    }
  }

  Vector gradient_at(const Vector& w) const {
    Vector gradient = ridge_ * w - positive_;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      add_row(rows_, i, weights_[i] * sigmoids_[i], gradient);
    }
    return gradient;
  }

  double curvature(std::size_t i) const { return weights_[i] * sigmoids_[i] * (1 - sigmoids_[i]); }

  std::vector<double> curvatures() const {
    std::vector<double> result(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) result[i] = curvature(i);
    return result;
  }

  // A length at which the objective still falls along `direction`, or that is short enough to
  // descend for certain. Leaves the sigmoids of the new margins behind.
  double search_line(const Vector& w, const Vector& direction, double decrease, double reach) {
    const double constant = ridge_ * w.dot(direction) - positive_.dot(direction);
    const double linear = ridge_ * direction.squaredNorm();
    double length = 1;
    for (int tries = 0; tries < 60; ++tries) {
      set_sigmoids(length);
      if (length * reach <= 1.000001) break;
      double slope = constant + length * linear;
      for (std::size_t i = 0; i < rows_.size(); ++i) slope += weights_[i] * sigmoids_[i] * move_[i];
      if (slope <= 0) break;
      const double secant = length * decrease / (decrease + slope);
      length = std::max({secant, 0.1 * length, 1 / reach});
    }
    return length;
  }

  Vector newton_direction(const Vector& gradient, double precision) {
    if (factorise_) {
      hessian_ = weighted_gram(rows_, 0, rows_.size(), curvatures());
      hessian_.diagonal().array() += ridge_;
      const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> factor(hessian_);
      if (factor.info() == Eigen::Success) {
        const Vector direction = factor.solve(-gradient);
        if (direction.allFinite()) return direction;
      }
      precision = 1e-8;  // too near singular for Cholesky
    }
    return conjugate_gradients(gradient, precision);
  }

  Vector hessian_diagonal() const {
    Vector diagonal = Vector::Constant(size_, ridge_);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const double scale = curvature(i);
      for (const std::uint32_t j : rows_.active_of(i)) diagonal[j] += scale;
      const auto numbers = rows_.numbers_of(i);
      for (std::size_t k = 0; k < numbers.size(); ++k) {
        diagonal[first_number() + index(k)] += scale * numbers[k] * numbers[k];
      }
      diagonal[intercept_] += scale;
    }
    return diagonal;
  }

  // Preconditioned by the diagonal; until the residual has shrunk to `precision` of the gradient.
  Vector conjugate_gradients(const Vector& gradient, double precision) const {
    const Vector diagonal = hessian_diagonal();
    const std::vector<double> scales = curvatures();
    Vector direction = Vector::Zero(size_);
    Vector residual = -gradient;
    Vector search = residual.cwiseQuotient(diagonal);
    double energy = residual.dot(search);
    const double enough = precision * precision * energy;
    for (Eigen::Index step = 0; step < 2 * size_ && energy > enough; ++step) {
      throw_if_stopped(context_);
      Vector product_of_search = ridge_ * search;
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (scales[i] != 0)
          add_row(rows_, i, scales[i] * product(rows_, i, search), product_of_search);
      }
      const double curvature_of_search = search.dot(product_of_search);
      if (!(curvature_of_search > 0)) break;
      const double length = energy / curvature_of_search;
      direction += length * search;
      residual -= length * product_of_search;
      const Vector preconditioned = residual.cwiseQuotient(diagonal);
      const double next_energy = residual.dot(preconditioned);
      search = preconditioned + (next_energy / energy) * search;
      energy = next_energy;
    }
    return direction;
  }

  // In rough units of one addition. About 40 products with the Hessian solve a step.
  bool factorising_is_faster() const {
    const auto n = static_cast<double>(size_);
    const auto n_rows = static_cast<double>(rows_.size());
    const double per_row = static_cast<double>(rows_.active.size()) / n_rows + rows_.n_numbers + 1;
    const double factorising = n_rows * per_row * per_row / 2 + n * n * n / 8;
    return n <= kMostFactorisedColumns && factorising <= 80 * n_rows * per_row;
  }

  static Eigen::Index index(std::size_t k) { return static_cast<Eigen::Index>(k); }
  Eigen::Index first_number() const { return rows_.n_indicators; }

  static constexpr double kMostFactorisedColumns = 1500;

  const LogisticProblem& problem_;
  const FitContext& context_;
  const CompactRows& rows_;
  const Eigen::Index size_;
  const Eigen::Index intercept_;
  std::vector<double> weights_;  // as shares of the total
  Vector positive_;              // likewise
  double ridge_ = 0;             // what the scaling makes of the 1 in 1/2 |w|^2
  bool factorise_ = false;
  std::vector<double> margins_;   // w.x_i
  std::vector<double> move_;      // direction.x_i
  std::vector<double> sigmoids_;  // of the margins
  Eigen::MatrixXd hessian_;
};

}  // namespace

LogisticSolution solve_logistic(const LogisticProblem& problem, const FitContext& context) {
  return Newton(problem, context).solve();
}

}  // namespace resml
