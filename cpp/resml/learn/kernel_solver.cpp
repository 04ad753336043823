// Decomposition (Joachims, "Making large-scale SVM learning practical", 1999): the rows that break
// the optimality conditions most are solved for among themselves, then all values f are brought up
// to date. The small problems are solved by sequential minimal optimisation with second-order
// selection (Fan, Chen, Lin, "Working set selection using second order information for training
// support vector machines", JMLR 6, 2005).
//
// A row has one multiplier m in [-negative, positive] even when it carries both labels: with both
// losses, the dual gains +m while m < positive - negative and -m from there on. At that kink f may
// be anything between the margins, as at a bound of an ordinary row it may be beyond one.
#include "resml/learn/kernel_solver.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "resml/base/parallel.hpp"
#include "resml/base/simd_level.hpp"
#include "resml/learn/hinge_solver.hpp"
#include "resml/learn/kernel.hpp"

namespace resml {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// How far from 1 the margins of rows between their bounds may be.
constexpr double kTolerance = 2e-4;
// A small problem has the rows that break the conditions most and some between their ends.
constexpr std::size_t kWorkingRows = 512;
constexpr std::ptrdiff_t kFreeRows = 1536;
// A small problem is solved until it is so much better than the whole was: to choose the next one
// and to bring the values up to date costs more than its own steps.
constexpr double kEnough = 30;
// What one thread brings up to date at a time, and in the first-level cache.
constexpr std::size_t kRowsPerPart = 4096;
constexpr std::size_t kRowsPerBlock = 512;
// A bound beyond this is none: rows that can be told apart are told apart before.
constexpr double kLargestBound = 1e8;
// Of two rows whose kernels are equal up to rounding.
constexpr double kSmallestCurvature = 1e-12;
// Between two looks at the stop request.
constexpr std::size_t kStepsAtOnce = 1024;

// A row's multiplier and what it may do.
struct Multiplier {
  double value = 0;
  double low = 0;   // -negative
  double kink = 0;  // positive - negative
  double high = 0;  // positive

  // f + intercept beyond which it pays to raise, or short of which to lower it.
  double raise_until() const { return value < kink ? 1 : value < high ? -1 : -kInfinity; }
  double lower_until() const { return value > kink ? -1 : value > low ? 1 : kInfinity; }
  double room_above() const { return (value < kink ? kink : high) - value; }
  double room_below() const { return value - (value > kink ? kink : low); }
  void move(double by) {
    // Exactly onto the end where it gets there.
    const double above = value < kink ? kink : high;
    const double below = value > kink ? kink : low;
    value = by >= 0 ? (by >= room_above() ? above : value + by)
                    : (-by >= room_below() ? below : value + by);
  }
};

// Eight at once: each comparison waits for the one before.
[[gnu::always_inline]] inline double largest_of(std::span<const double> numbers) {
  std::array<double, 8> largest;
  largest.fill(-kInfinity);
  std::size_t a = 0;
  for (; a + 8 <= numbers.size(); a += 8) {
    for (std::size_t s = 0; s < 8; ++s) largest[s] = std::max(largest[s], numbers[a + s]);
  }
  for (; a < numbers.size(); ++a) largest[0] = std::max(largest[0], numbers[a]);
  return *std::ranges::max_element(largest);
}

[[gnu::always_inline]] inline std::size_t first_of(std::span<const double> numbers, double wanted) {
  return static_cast<std::size_t>(std::ranges::find(numbers, wanted) - numbers.begin());
}

// Arrays for the rows of one small problem.
class WorkingSet {
 public:
  WorkingSet(std::vector<Multiplier> multipliers, std::span<const double> values,
             std::vector<float> kernel)
      : multipliers_(std::move(multipliers)), kernel_(std::move(kernel)), promises_(size()) {
    for (std::size_t a = 0; a < size(); ++a) {
      raise_gain_.push_back(multipliers_[a].raise_until() - values[a]);
      lower_gain_.push_back(values[a] - multipliers_[a].lower_until());
      values_.push_back(values[a]);
      diagonal_.push_back(kernel_[a * size() + a]);
    }
  }

  // Until no pair gains more than `tolerance`; returns the steps taken, at most `most`.
  std::size_t solve(double tolerance, std::size_t most, const FitContext& context) {
    std::size_t done = 0;
    bool is_solved = false;
    while (!is_solved && done < most) {
      throw_if_stopped(context);
      const std::size_t wanted = std::min<std::size_t>(kStepsAtOnce, most - done);
      const std::size_t steps = take_steps(tolerance, wanted);
      is_solved = steps < wanted;
      done += steps;
    }
    return done;
  }

  const Multiplier& multiplier(std::size_t a) const { return multipliers_[a]; }

 private:
  std::size_t size() const { return multipliers_.size(); }
  [[gnu::always_inline]] inline double curvature(std::size_t a, std::size_t b) const {
    return std::max(diagonal_[a] + diagonal_[b] - 2 * double{kernel_[a * size() + b]},
                    kSmallestCurvature);
  }

  std::size_t take_steps(double tolerance, std::size_t most) {
    switch (simd_level()) {
      case SimdLevel::Avx512:
        return take_steps_avx512(tolerance, most);
      case SimdLevel::Avx2:
        return take_steps_avx2(tolerance, most);
      default:
        return step_on(tolerance, most);
    }
  }
  RESML_TARGET_AVX2 std::size_t take_steps_avx2(double tolerance, std::size_t most) {
    return step_on(tolerance, most);
  }
  RESML_TARGET_AVX512 std::size_t take_steps_avx512(double tolerance, std::size_t most) {
    return step_on(tolerance, most);
  }

  [[gnu::always_inline]] inline std::size_t step_on(double tolerance, std::size_t most) {
    for (std::size_t step = 0; step < most; ++step) {
      const double gain = largest_of(raise_gain_);
      if (!(gain + largest_of(lower_gain_) > tolerance)) return step;
      const std::size_t up = first_of(raise_gain_, gain);
      const std::size_t down = best_to_lower(up);
      const double length = (gain + lower_gain_[down]) / curvature(up, down);
      move(up, down,
           std::min({length, multipliers_[up].room_above(), multipliers_[down].room_below()}));
    }
    return most;
  }

  // The partner of `up` with which the objective falls most, were there no bounds.
  [[gnu::always_inline]] inline std::size_t best_to_lower(std::size_t up) {
    const double gain = raise_gain_[up];
    const double diagonal = diagonal_[up];
    const float* of_up = kernel_.data() + up * size();
    for (std::size_t a = 0; a < promises_.size(); ++a) {
      const double sum = std::max(gain + lower_gain_[a], 0.0);
      const double curvature = diagonal + diagonal_[a] - 2 * double{of_up[a]};
      promises_[a] = sum * sum / std::max(curvature, kSmallestCurvature);
    }
    return first_of(promises_, largest_of(promises_));
  }

  [[gnu::always_inline]] inline void move(std::size_t up, std::size_t down, double length) {
    multipliers_[up].move(length);
    multipliers_[down].move(-length);
    const float* of_up = kernel_.data() + up * size();
    const float* of_down = kernel_.data() + down * size();
    for (std::size_t a = 0; a < size(); ++a) {
      const double by = length * (double{of_up[a]} - double{of_down[a]});
      values_[a] += by;
      raise_gain_[a] -= by;
      lower_gain_[a] += by;
    }
    for (const std::size_t a : {up, down}) {
      raise_gain_[a] = multipliers_[a].raise_until() - values_[a];
      lower_gain_[a] = values_[a] - multipliers_[a].lower_until();
    }
  }

  std::vector<Multiplier> multipliers_;
  std::vector<float> kernel_;  // size() x size()
  std::vector<double> promises_;
  std::vector<double> values_;      // f without intercept
  std::vector<double> raise_gain_;  // per unit that the multiplier is raised, -infinity at its end
  std::vector<double> lower_gain_;
  std::vector<double> diagonal_;
};

class Decomposition {
 public:
  Decomposition(const KernelProblem& problem, const FitContext& context)
      : problem_(problem),
        kernel_(problem.rows, problem.gamma),
        context_(context.silent()),
        values_(kernel_.size(), 0),
        steps_left_(problem.most_steps) {
    for (std::size_t i = 0; i < kernel_.size(); ++i) {
      const double positive = std::min(problem.positive[i], kLargestBound);
      const double negative = std::min(problem.negative[i], kLargestBound);
      multipliers_.push_back(
          {.value = 0, .low = -negative, .kink = positive - negative, .high = positive});
    }
    if (!problem.start.empty()) start();
  }

  KernelSolution solve() {
    KernelSolution solution;
    while (!solution.converged && steps_left_ > 0) {
      throw_if_stopped(context_);
      const std::vector<std::uint32_t> rows = choose_rows();
      solution.converged = violation_ <= kTolerance;
      if (!solution.converged) improve(rows);
    }
    for (const Multiplier& m : multipliers_) solution.multipliers.push_back(m.value);
    solution.intercept = best_intercept(values_, problem_.positive, problem_.negative);
    for (double& value : values_) value += solution.intercept;
    solution.values = std::move(values_);
    return solution;
  }

 private:
  // Values near an end or the kink go there. The others lose their last bits, so that rounding
  // before this does not decide between pairs that are equally good after it.
  void start() {
    double sum = 0;
    for (std::size_t i = 0; i < multipliers_.size(); ++i) {
      Multiplier& m = multipliers_[i];
      const double size = m.high - m.low;
      m.value = std::clamp(problem_.start[i], m.low, m.high);
      const double grid = std::exp2(std::ceil(std::log2(size)) - 20);
      m.value = std::clamp(std::round(m.value / grid) * grid, m.low, m.high);
      for (const double end : {m.low, m.kink, m.high}) {
        if (std::abs(m.value - end) <= 4 * grid) m.value = end;
      }
      sum += m.value;
    }
    for (Multiplier& m : multipliers_) {
      const double before = m.value;
      m.value = std::clamp(m.value - sum, m.low, m.high);
      sum -= before - m.value;
    }
    std::vector<Move> moves;
    for (std::uint32_t i = 0; i < multipliers_.size(); ++i) {
      if (multipliers_[i].value != 0) moves.push_back({i, multipliers_[i].value});
    }
    add_to_values(moves);
  }

  struct Move {
    std::uint32_t row = 0;
    double by = 0;
  };

  void add_to_values(const std::vector<Move>& moves) {
    std::vector<Kernel::Point> points;
    for (const Move& move : moves) points.push_back(kernel_.point(problem_.rows, move.row));
    const std::size_t n_parts = (values_.size() + kRowsPerPart - 1) / kRowsPerPart;
    const auto update = [&](std::size_t part) {
      const std::size_t end = std::min(values_.size(), (part + 1) * kRowsPerPart);
      std::vector<float> of_block(kRowsPerBlock);
      for (std::size_t k = part * kRowsPerPart; k < end; k += kRowsPerBlock) {
        throw_if_stopped(context_);
        const std::span<float> block(of_block.data(), std::min(kRowsPerBlock, end - k));
        for (std::size_t a = 0; a < moves.size(); ++a) {
          kernel_.values(points[a], k, block);
          const double by = moves[a].by;
          for (std::size_t b = 0; b < block.size(); ++b) values_[k + b] += by * double{block[b]};
        }
      }
    };
    if (n_parts == 1 || context_.threads <= 1) {
      for (std::size_t part = 0; part < n_parts; ++part) update(part);
    } else {
      parallel_for(context_, {}, n_parts, update);
    }
  }

  // The rows that break the conditions most: half of them are to be raised, half to be lowered.
  std::vector<std::uint32_t> choose_rows() {
    std::vector<std::uint32_t> rows(multipliers_.size());
    std::iota(rows.begin(), rows.end(), 0U);
    raise_gain_.resize(rows.size());
    lower_gain_.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      raise_gain_[i] = multipliers_[i].raise_until() - values_[i];
      lower_gain_[i] = values_[i] - multipliers_[i].lower_until();
    }
    violation_ = largest_of(raise_gain_) + largest_of(lower_gain_);
    if (rows.size() <= kWorkingRows) return rows;
    const auto half = rows.begin() + kWorkingRows / 2;
    const auto full = rows.begin() + kWorkingRows;
    const auto by_gain = [](const std::vector<double>& gains) {
      return [&gains](std::uint32_t a, std::uint32_t b) {
        return gains[a] != gains[b] ? gains[a] > gains[b] : a < b;
      };
    };
    std::nth_element(rows.begin(), half, rows.end(), by_gain(raise_gain_));
    std::nth_element(half, full, rows.end(), by_gain(lower_gain_));
    // Beside them those between their ends, which have to move together at the end.
    const auto is_free = [this](std::uint32_t i) {
      const Multiplier& m = multipliers_[i];
      return m.value != m.low && m.value != m.kink && m.value != m.high;
    };
    auto last = std::partition(full, rows.end(), is_free);
    last = std::min(last, full + kFreeRows);
    rows.erase(last, rows.end());
    std::ranges::sort(rows);
    return rows;
  }

  void improve(const std::vector<std::uint32_t>& rows) {
    std::vector<Multiplier> multipliers;
    std::vector<double> values;
    for (const std::uint32_t i : rows) {
      multipliers.push_back(multipliers_[i]);
      values.push_back(values_[i]);
    }
    WorkingSet working(std::move(multipliers), values, kernel_among(rows));
    const bool is_all = rows.size() == multipliers_.size();
    // A last digit more costs little where all rows are there.
    const double enough =
        is_all ? kTolerance / 100 : std::max(kTolerance / 2, violation_ / kEnough);
    steps_left_ -= std::max<std::size_t>(1, working.solve(enough, steps_left_, context_));
    std::vector<Move> moves;
    for (std::size_t a = 0; a < rows.size(); ++a) {
      const double by = working.multiplier(a).value - multipliers_[rows[a]].value;
      if (by == 0) continue;
      moves.push_back({rows[a], by});
      multipliers_[rows[a]] = working.multiplier(a);
    }
    add_to_values(moves);
  }

  std::vector<float> kernel_among(const std::vector<std::uint32_t>& rows) const {
    std::vector<float> result(rows.size() * rows.size());
    const CompactRows chosen = select_rows(problem_.rows, rows);
    const Kernel among(chosen, problem_.gamma);
    for (std::size_t a = 0; a < rows.size(); ++a) {
      among.values(among.point(chosen, a), 0,
                   std::span(result).subspan(a * rows.size(), rows.size()));
    }
    return result;
  }

  const KernelProblem& problem_;
  const Kernel kernel_;
  const FitContext context_;  // silent
  std::vector<Multiplier> multipliers_;
  std::vector<double> values_;  // f_i without intercept
  std::vector<double> raise_gain_;
  std::vector<double> lower_gain_;
  double violation_ = 0;
  std::size_t steps_left_;
};

}  // namespace

KernelSolution solve_kernel(const KernelProblem& problem, const FitContext& context) {
  return Decomposition(problem, context).solve();
}

}  // namespace resml
