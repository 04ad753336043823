#include "resml/learn/rbf_svm.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iterator>
#include <numeric>
#include <span>

#include "resml/base/error.hpp"
#include "resml/base/parallel.hpp"
#include "resml/learn/hinge_solver.hpp"
#include "resml/learn/kernel_solver.hpp"
#include "resml/learn/model_rows.hpp"
#include "resml/learn/narrow_codes.hpp"

namespace resml {
namespace {

// Of multipliers and intercepts in a model file: sums of all of them stay finite.
constexpr double kLargestMultiplier = 1e150;
// From so many rows on, a pair has work enough for all threads and for a better start.
constexpr std::size_t kManyRows = 20000;
// The kernel of most pairs of rows is above about exp(-this): not much more than a plane is bent.
constexpr double kNearlyLinear = 0.5;
// Rows whose values exist at the same time: hundreds of classes make tens of thousands of pairs.
constexpr std::size_t kRowsAtOnce = 64;

// The border between two classes.
struct Border {
  std::vector<std::uint32_t> rows = {};  // with their multipliers, none of them 0
  std::vector<double> multipliers = {};
  double intercept = 0;
  Sigmoid sigmoid = {};
  bool converged = false;
};

// c times the weights, to 32 significant bits: sums of the same weights in another order are equal,
// and so pairs of rows that are equally good for the solver stay so.
std::vector<double> bounds_of(std::span<const double> weights, double c) {
  std::vector<double> bounds;
  for (const double weight : weights) {
    int exponent = 0;
    const double fraction = std::frexp(c * weight, &exponent);
    bounds.push_back(std::ldexp(std::round(std::ldexp(fraction, 32)), exponent - 32));
  }
  return bounds;
}

// Whether the linear machine is found much faster (it costs columns cubed), and is not far off.
bool starts_linear(const CompactRows& rows, double gamma) {
  const auto n = static_cast<double>(rows.size());
  const double columns = static_cast<double>(rows.n_columns());
  const double entries = static_cast<double>(rows.active.size()) / n + rows.n_numbers;
  // Rows are about 2 * entries apart, squared: each entry differs, and numbers have a variance
  // of 1.
  return rows.size() >= kManyRows && 10 * columns * columns * columns < n * n &&
         2 * entries * gamma < kNearlyLinear;
}

// For near points the kernel is 1 - gamma d^2, that is, up to terms that the intercept and
// sum m = 0 take up, 2 gamma times the linear one. The multipliers of the linear machine are
// mostly at the right bounds.
std::vector<double> start_from_linear(const PairProblem& problem, std::vector<double> positive,
                                      std::vector<double> negative, double gamma,
                                      const FitContext& context) {
  if (!starts_linear(problem.rows, gamma)) return {};
  for (double& bound : positive) bound *= 2 * gamma;
  for (double& bound : negative) bound *= 2 * gamma;
  std::vector<double> start = solve_hinge({problem.rows, positive, negative}, context).multipliers;
  for (double& multiplier : start) multiplier /= 2 * gamma;
  return start;
}

Border fit_border(const PairProblem& problem, const RbfSvmOptions& options,
                  const FitContext& context) {
  const std::vector<double> positive = bounds_of(problem.positive, options.c);
  const std::vector<double> negative = bounds_of(problem.negative, options.c);
  const std::vector<double> start =
      start_from_linear(problem, positive, negative, options.gamma, context);
  const KernelSolution solution = solve_kernel({.rows = problem.rows,
                                                .gamma = options.gamma,
                                                .positive = positive,
                                                .negative = negative,
                                                .start = start,
                                                .most_steps = options.max_iter},
                                               context);
  Border border{.intercept = solution.intercept,
                .sigmoid = fit_sigmoid(solution.values, problem.positive, problem.negative),
                .converged = solution.converged};
  for (std::size_t i = 0; i < solution.multipliers.size(); ++i) {
    if (solution.multipliers[i] == 0) continue;
    border.rows.push_back(problem.row_of[i]);
    border.multipliers.push_back(solution.multipliers[i]);
  }
  return border;
}

// Threads share out the pairs or, where there are few large ones, work together within each.
std::vector<Border> fit_borders(const ClassedRows& classed, const RbfSvmOptions& options,
                                const FitContext& context) {
  const auto pairs = ClassPairs::list(classed.classes().size());
  std::vector<Border> borders(pairs.size());
  const auto fit_pair = [&](std::size_t p, const FitContext& inner) {
    borders[p] = fit_border(classed.problem(pairs[p].first, pairs[p].second), options, inner);
  };
  if (pairs.size() == 1 || classed.rows().size() > kManyRows * classed.classes().size() / 2) {
    for (std::size_t p = 0; p < pairs.size(); ++p) {
      context.report({.what = RbfSvm::kKind, .done = p, .total = pairs.size()});
      fit_pair(p, context);
    }
    return borders;
  }
  // The largest first: whoever is last should not have the longest way to go.
  std::vector<std::size_t> order(pairs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t p) {
    return classed.size_of(pairs[p].first) + classed.size_of(pairs[p].second);
  });
  parallel_for(context, RbfSvm::kKind, pairs.size(),
               [&](std::size_t i) { fit_pair(order[i], context.child(order[i])); });
  return borders;
}

void warn_of_unsettled(const std::vector<Border>& borders, const RbfSvmOptions& options,
                       const FitContext& context) {
  const auto unsettled = std::ranges::count(borders, false, &Border::converged);
  if (unsettled == 0) return;
  context.warn(concat(RbfSvm::kKind, ": max_iter = ", options.max_iter, " was not enough for ",
                      unsettled, " of ", borders.size(), " borders; raise it or lower c"));
}

// The rows that are a support vector of some border; afterwards the borders' rows count in them.
CompactRows gather_vectors(std::vector<Border>& borders, const CompactRows& rows) {
  std::vector<std::uint32_t> place(rows.size(), 0);
  for (const Border& border : borders) {
    for (const std::uint32_t row : border.rows) place[row] = 1;
  }
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t i = 0; i < place.size(); ++i) {
    if (place[i] == 0) continue;
    place[i] = static_cast<std::uint32_t>(chosen.size());
    chosen.push_back(i);
  }
  for (Border& border : borders) {
    for (std::uint32_t& row : border.rows) row = place[row];
  }
  return select_rows(rows, chosen);
}

// sum_e factors[e] * values[index[e]]; four sums at once, because each has to wait for its last.
double gathered_product(std::span<const double> factors, const std::uint32_t* index,
                        const float* values) {
  std::array<double, 4> sums{};
  std::size_t e = 0;
  for (; e + 4 <= factors.size(); e += 4) {
    for (std::size_t s = 0; s < 4; ++s) sums[s] += factors[e + s] * double{values[index[e + s]]};
  }
  for (; e < factors.size(); ++e) sums[0] += factors[e] * double{values[index[e]]};
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

ClassifierPtr RbfSvm::fit(const Options& options, const TrainingSet& set,
                          const FitContext& context) {
  const ClassedRows classed(set);
  const std::size_t n_columns = std::max(std::size_t{1}, set.rows.n_columns());
  Options used = options;
  used.gamma = options.gamma > 0 ? std::clamp(options.gamma, kSmallestGamma, kLargestGamma)
                                 : 1 / static_cast<double>(n_columns);
  context.tell(concat(kKind, ": gamma = ", used.gamma,
                      options.gamma > 0 ? "" : concat(" = 1 / ", n_columns, " columns")));
  std::vector<Border> borders = fit_borders(classed, used, context);
  warn_of_unsettled(borders, used, context);
  Learned learned{.gamma = used.gamma, .vectors = gather_vectors(borders, classed.rows())};
  std::vector<Sigmoid> sigmoids;
  for (const Border& border : borders) {
    sigmoids.push_back(border.sigmoid);
    learned.intercepts.push_back(border.intercept);
    learned.vector_of.insert(learned.vector_of.end(), border.rows.begin(), border.rows.end());
    learned.multipliers.insert(learned.multipliers.end(), border.multipliers.begin(),
                               border.multipliers.end());
    learned.starts.push_back(learned.multipliers.size());
  }
  return ClassifierPtr(new RbfSvm(ModelShape::of(set),
                                  ClassPairs(set.n_classes, classed.classes(), std::move(sigmoids)),
                                  std::move(learned)));
}

// `kernel` is memory for the kernels to all vectors.
void RbfSvm::fill_values(const CompactRows& rows, std::size_t row, std::vector<float>& kernel,
                         double* values) const {
  kernel.resize(kernel_.size());
  kernel_.values(kernel_.point(rows, row), 0, kernel);
  for (std::size_t p = 0; p < pairs_.size(); ++p) {
    const std::size_t begin = learned_.starts[p];
    const std::span multipliers(learned_.multipliers.data() + begin,
                                learned_.starts[p + 1] - begin);
    values[p] = learned_.intercepts[p] +
                gathered_product(multipliers, learned_.vector_of.data() + begin, kernel.data());
  }
}

RowMatrix RbfSvm::decision_values(const CompactRows& rows) const {
  require_same_columns(rows);
  RowMatrix values(static_cast<Eigen::Index>(rows.size()),
                   static_cast<Eigen::Index>(pairs_.size()));
  std::vector<float> kernel;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    fill_values(rows, i, kernel, values.data() + i * pairs_.size());
  }
  return values;
}

RowMatrix RbfSvm::predict_proba(const CompactRows& rows) const { return answer(rows).proba; }

std::vector<std::uint32_t> RbfSvm::decide(const CompactRows& rows, const RowMatrix&) const {
  return answer(rows).decisions;
}

Classifier::Answers RbfSvm::answer(const CompactRows& rows) const {
  require_same_columns(rows);
  Answers answers{make_answers(rows), {}};
  for (std::size_t begin = 0; begin < rows.size(); begin += kRowsAtOnce) {
    const std::size_t end = std::min(rows.size(), begin + kRowsAtOnce);
    const RowMatrix values = decision_values(select_rows(rows, begin, end));
    answers.proba.middleRows(static_cast<Eigen::Index>(begin),
                             static_cast<Eigen::Index>(end - begin)) = pairs_.probabilities(values);
    std::ranges::copy(pairs_.decide(values), std::back_inserter(answers.decisions));
  }
  return answers;
}

TensorBundle RbfSvm::save() const {
  TensorBundle bundle;
  shape().add_to(bundle);
  pairs_.add_to(bundle);
  bundle.add("gamma", std::vector<double>{learned_.gamma});
  bundle.add("intercept", learned_.intercepts);
  add_rows(bundle, learned_.vectors);
  add_codes(bundle, "pair_size", sizes_of(learned_.starts));
  add_codes(bundle, "vector", learned_.vector_of);
  bundle.add("multiplier", learned_.multipliers);
  return bundle;
}

ClassifierPtr RbfSvm::load(const TensorBundle& bundle) {
  const ModelShape shape = ModelShape::load(bundle);
  ClassPairs pairs = ClassPairs::load(bundle, shape.n_classes);
  Learned learned{.gamma = values_between(bundle, "gamma", 1, kSmallestGamma, kLargestGamma)[0],
                  .intercepts = values_between(bundle, "intercept", pairs.size(),
                                               -kLargestMultiplier, kLargestMultiplier),
                  .vectors = load_rows(bundle, shape)};
  learned.vector_of = load_codes(bundle, "vector", learned.vectors.size());
  const std::size_t n = learned.vector_of.size();
  learned.starts = load_starts(bundle, "pair_size", {.least = 0, .most = n, .total = n});
  if (learned.starts.size() != pairs.size() + 1) {
    throw ModelFileError("array \"pair_size\": expected ", pairs.size(), " values, got ",
                         learned.starts.size() - 1);
  }
  learned.multipliers =
      values_between(bundle, "multiplier", n, -kLargestMultiplier, kLargestMultiplier);
  return ClassifierPtr(new RbfSvm(shape, std::move(pairs), std::move(learned)));
}

}  // namespace resml
