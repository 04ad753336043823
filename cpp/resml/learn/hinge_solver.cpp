// A primal-dual interior point method with Mehrotra's predictor and corrector, which for hinge loss
// works in the space of the columns (Ferris, Munson, "Interior-point methods for massive support
// vector machines", SIAM Journal on Optimization 13, 2002). With s a hinge (a row, its label y and
// its weight c), a_s in (0, 1) its multiplier as a share of c, z_s the surplus of its margin over 1
// and l_s the loss, the optimum is
//   w = sum c y a x,  sum c y a = 0,  y f - 1 + l - z = 0,  a z = 0,  (1 - a) l = 0,
// and each Newton step moves both products towards a common value mu that falls to 0. Since c
// weighs a hinge's part of the barrier too, three equal rows take exactly the path of one row with
// weight 3.
#include "resml/learn/hinge_solver.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <vector>

#include "resml/base/parallel.hpp"
#include "resml/learn/row_products.hpp"

namespace resml {
namespace {

using Vector = Eigen::VectorXd;

constexpr int kMaxSteps = 100;
constexpr double kRelativeGap = 1e-11;
constexpr double kToTheWall = 0.995;  // share of the longest step that keeps everything positive
// Parts of the rows that threads share out; their sums are added in order.
constexpr std::size_t kRowsPerPart = 20000;
constexpr std::size_t kMostEntriesOfParts = std::size_t{1} << 22;

struct Hinge {
  std::uint32_t row = 0;
  double sign = 1;
  double weight = 0;  // all sum to 1
  // The state, everything > 0; `rest` is 1 - used, stored because used comes near to 1.
  double used = 0.5;
  double rest = 0.5;
  double surplus = 1;
  double loss = 2;
  // The step.
  double d_used = 0;
  double d_surplus = 0;
  double d_loss = 0;

  double slope() const { return loss / rest + surplus / used; }
  double gap() const { return used * surplus + rest * loss; }
  // The right side of the step's linear system for the target `mu`; `curved` adds what the
  // predictor's own step says of the second order.
  double right_side(double f, double mu, double curved) const {
    return 1 - sign * f + (mu - curved * d_used * d_surplus) / used -
           (mu + curved * d_used * d_loss) / rest;
  }
  void set_step(double f, double v, double mu, double curved) {
    const double second_surplus = curved * d_used * d_surplus;
    const double second_loss = curved * d_used * d_loss;
    d_used = (right_side(f, mu, curved) - sign * v) / slope();
    d_surplus = (mu - second_surplus - surplus * d_used) / used - surplus;
    d_loss = (mu + second_loss + loss * d_used) / rest - loss;
  }
  // The longest step, at most `length`, that keeps all four positive.
  double limit(double length) const {
    if (used + length * d_used < 0) length = -used / d_used;
    if (rest - length * d_used < 0) length = rest / d_used;
    if (surplus + length * d_surplus < 0) length = -surplus / d_surplus;
    if (loss + length * d_loss < 0) length = -loss / d_loss;
    return length;
  }
  void take_step(double length) {
    used += length * d_used;
    rest -= length * d_used;
    surplus += length * d_surplus;
    loss += length * d_loss;
  }
};

// A range of rows with their hinges, and its share of every sum.
struct Part {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t first_hinge = 0;
  std::size_t last_hinge = 0;
  Eigen::MatrixXd gram = {};
  Vector right_side = {};
  double gap = 0;
  double loss = 0;
  double limit = 1;
  // The gap after a step of length t is gap + t * gap_slope + t^2 * gap_bend.
  double gap_slope = 0;
  double gap_bend = 0;
};

class InteriorPoint {
 public:
  InteriorPoint(const HingeProblem& problem, const FitContext& context)
      : rows_(problem.rows),
        context_(context.silent()),
        size_(static_cast<Eigen::Index>(rows_.n_columns()) + 1),
        margins_(rows_.size(), 0),
        move_(rows_.size(), 0),
        curvatures_(rows_.size(), 0),
        w_(Vector::Zero(size_)) {
    make_hinges(problem);
    make_parts();
  }

  HingeSolution solve() {
    for (int step = 0; step < kMaxSteps; ++step) {
      throw_if_stopped(context_);
      each_part([&](Part& part) { measure(part); });
      const double gap = sum_of(&Part::gap);
      const double objective = sum_of(&Part::loss) + ridge_ / 2 * w_.head(size_ - 1).squaredNorm();
      if (gap <= kRelativeGap * objective && length_ > 0.9) break;
      if (!advance(gap)) break;
    }
    HingeSolution solution{w_, std::vector<double>(rows_.size(), 0)};
    for (const Hinge& hinge : hinges_) {
      solution.multipliers[hinge.row] += hinge.sign * hinge.used * hinge.weight / ridge_;
    }
    return solution;
  }

 private:
  void make_hinges(const HingeProblem& problem) {
    double positive = 0;
    double negative = 0;
    for (const double c : problem.positive) positive += c;
    for (const double c : problem.negative) negative += c;
    const double total = positive + negative;
    ridge_ = std::max(1 / total, kSmallestRidge);
    for (std::uint32_t i = 0; i < rows_.size(); ++i) {
      for (const double sign : {1.0, -1.0}) {
        const double c = sign > 0 ? problem.positive[i] : problem.negative[i];
        if (c == 0) continue;
        Hinge hinge{.row = i, .sign = sign, .weight = c / total};
        // Both labels use equally much of their weight: sum c y a = 0 from the start.
        hinge.used = (sign > 0 ? negative : positive) / total;
        hinge.rest = (sign > 0 ? positive : negative) / total;
        hinges_.push_back(hinge);
      }
    }
  }

  void make_parts() {
    const auto entries = static_cast<std::size_t>(size_ * size_);
    const std::size_t n_parts = std::clamp<std::size_t>(
        rows_.size() / kRowsPerPart, 1, std::max<std::size_t>(1, kMostEntriesOfParts / entries));
    std::size_t hinge = 0;
    for (std::size_t p = 0; p < n_parts; ++p) {
      Part part{.begin = p * rows_.size() / n_parts, .end = (p + 1) * rows_.size() / n_parts};
      part.first_hinge = hinge;
      while (hinge < hinges_.size() && hinges_[hinge].row < part.end) ++hinge;
      part.last_hinge = hinge;
      parts_.push_back(std::move(part));
    }
  }

  template <class Work>
  void each_part(Work work) {
    if (parts_.size() == 1) {
      work(parts_.front());
    } else {
      parallel_for(context_, {}, parts_.size(), [&](std::size_t p) { work(parts_[p]); });
    }
  }

  double sum_of(double Part::*member) const {
    double sum = 0;
    for (const Part& part : parts_) sum += part.*member;
    return sum;
  }

  // Takes the step that was found last; then the gap, the matrix of the next system and its right
  // side for mu = 0.
  void measure(Part& part) {
    std::fill(curvatures_.data() + part.begin, curvatures_.data() + part.end, 0.0);
    for (std::size_t i = part.begin; i < part.end; ++i) margins_[i] += length_ * move_[i];
    part.gap = part.loss = 0;
    for (std::size_t s = part.first_hinge; s < part.last_hinge; ++s) {
      Hinge& hinge = hinges_[s];
      hinge.take_step(length_);
      part.gap += hinge.weight * hinge.gap();
      part.loss += hinge.weight * std::max(0.0, 1 - hinge.sign * margins_[hinge.row]);
      curvatures_[hinge.row] += hinge.weight / hinge.slope();
    }
    part.gram = weighted_gram(rows_, part.begin, part.end, curvatures_);
    sum_right_side(part, 0, 0);
  }

  void sum_right_side(Part& part, double mu, double curved) {
    part.right_side = Vector::Zero(size_);
    std::size_t s = part.first_hinge;
    for (std::size_t i = part.begin; i < part.end; ++i) {
      double sum = 0;
      for (; s < part.last_hinge && hinges_[s].row == i; ++s) {
        const Hinge& hinge = hinges_[s];
        const double reaction = hinge.right_side(margins_[i], mu, curved) / hinge.slope();
        sum += hinge.weight * hinge.sign * (hinge.used + reaction);
      }
      add_row(rows_, i, sum, part.right_side);
    }
  }

  void set_steps(Part& part, const Vector& direction, double mu, double curved) {
    for (std::size_t i = part.begin; i < part.end; ++i) move_[i] = product(rows_, i, direction);
    part.limit = 1 / kToTheWall;
    part.gap_slope = part.gap_bend = 0;
    for (std::size_t s = part.first_hinge; s < part.last_hinge; ++s) {
      Hinge& hinge = hinges_[s];
      hinge.set_step(margins_[hinge.row], move_[hinge.row], mu, curved);
      part.limit = hinge.limit(part.limit);
      part.gap_slope +=
          hinge.weight * (hinge.used * hinge.d_surplus + hinge.d_used * hinge.surplus +
                          hinge.rest * hinge.d_loss - hinge.d_used * hinge.loss);
      part.gap_bend += hinge.weight * hinge.d_used * (hinge.d_surplus - hinge.d_loss);
    }
  }

  double longest_step() const {
    double limit = 1 / kToTheWall;
    for (const Part& part : parts_) limit = std::min(limit, part.limit);
    return std::min(1.0, kToTheWall * limit);
  }

  Vector solve_system(const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>>& factor) const {
    Vector right_side = Vector::Zero(size_);
    for (const Part& part : parts_) right_side += part.right_side;
    right_side.head(size_ - 1) -= ridge_ * w_.head(size_ - 1);
    return factor.solve(right_side);
  }

  // One predictor and corrector. False where rounding leaves nothing to gain.
  bool advance(double gap) {
    Eigen::MatrixXd matrix = std::move(parts_.front().gram);
    for (std::size_t p = 1; p < parts_.size(); ++p) matrix += parts_[p].gram;
    matrix.diagonal().head(size_ - 1).array() += ridge_;
    // Near the optimum the curvatures outweigh the ridge by more than a double has digits, and the
    // indicators of a field add up to the intercept: a little more keeps the matrix regular.
    matrix.diagonal() *= 1 + 1e-14 * static_cast<double>(size_);
    const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> factor(matrix);
    if (factor.info() != Eigen::Success) return false;
    Vector direction = solve_system(factor);
    if (!direction.allFinite()) return false;
    each_part([&](Part& part) { set_steps(part, direction, 0, 0); });
    const double length = longest_step();
    const double predicted =
        gap + length * (sum_of(&Part::gap_slope) + length * sum_of(&Part::gap_bend));
    const double mu = gap / 2 * std::pow(std::clamp(predicted / gap, 1e-4, 1.0), 3);
    each_part([&](Part& part) { sum_right_side(part, mu, 1); });
    direction = solve_system(factor);
    if (!direction.allFinite()) return false;
    each_part([&](Part& part) { set_steps(part, direction, mu, 1); });
    length_ = longest_step();
    w_ += length_ * direction;
    return length_ > 1e-6;
  }

  const CompactRows& rows_;
  const FitContext context_;  // silent
  const Eigen::Index size_;
  std::vector<double> margins_;     // f_i
  std::vector<double> move_;        // what the step adds to f_i, all of it
  std::vector<double> curvatures_;  // per row, of the system's matrix
  Vector w_;
  double ridge_ = 0;           // what the scaling of the weights to 1 makes of the 1 in 1/2 |w|^2
  double length_ = 0;          // of the step that measure() has yet to take
  std::vector<Hinge> hinges_;  // in the order of their rows
  std::vector<Part> parts_;
};

}  // namespace

HingeSolution solve_hinge(const HingeProblem& problem, const FitContext& context) {
  HingeSolution solution = InteriorPoint(problem, context).solve();
  Vector& w = solution.coefficients;
  w[w.size() - 1] = 0;
  std::vector<double> values(problem.rows.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = product(problem.rows, i, w);
  w[w.size() - 1] = best_intercept(values, problem.positive, problem.negative);
  return solution;
}

double best_intercept(std::span<const double> values, std::span<const double> positive,
                      std::span<const double> negative) {
  // The objective as a function of the intercept b is made of straight lines, which meet where a
  // margin is 1: at 1 - value for a positive, -1 - value for a negative row.
  struct Kink {
    double at = 0;
    double weight = 0;
  };
  std::vector<Kink> kinks;
  double slope = 0;  // left of all kinks
  double total = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (positive[i] > 0) kinks.push_back({1 - values[i], positive[i]});
    if (negative[i] > 0) kinks.push_back({-1 - values[i], negative[i]});
    slope -= positive[i];
    total += positive[i] + negative[i];
  }
  std::ranges::sort(kinks, {}, &Kink::at);
  // Weights that balance up to rounding do balance.
  const double rounding = 1e-10 * total;
  std::size_t k = 0;
  while (k + 1 < kinks.size() && slope + kinks[k].weight < -rounding) slope += kinks[k++].weight;
  const bool is_flat = k + 1 < kinks.size() && slope + kinks[k].weight <= rounding;
  return is_flat ? kinks[k].at + (kinks[k + 1].at - kinks[k].at) / 2 : kinks[k].at;
}

}  // namespace resml
