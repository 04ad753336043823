#include "resml/pipeline/calibrator.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "resml/learn/classifier.hpp"

namespace resml {
namespace {

using Vector = Eigen::VectorXd;

constexpr int kMaxSteps = 50;

// A learner that says 0 or 1 is believed to a millionth, so that evidence can still move it.
// One by one: the logarithm of several at once has other last bits, and a row must not depend on
// the rows beside it.
RowMatrix log_proba(const RowMatrix& proba) {
  return proba.unaryExpr([](double p) { return std::log(std::max(p, 1e-6)); });
}

// Slope and biases as one vector: slope first.
RowMatrix calibrated(const RowMatrix& logs, const Vector& parameters) {
  RowMatrix q = parameters[0] * logs;
  q.rowwise() += parameters.tail(logs.cols()).transpose();
  normalize_log_proba(q);
  return q;
}

// Where the search stands: parameters, the probabilities that they make, and the objective.
struct Point {
  Vector parameters;
  RowMatrix q;
  double loss = 0;
};

// Negative log-likelihood of the hold-out, with a penalty of one incident's worth that holds the
// calibrator at the identity. Of every row the share 1 / (n + 2) counts as of the other classes, as
// in Platt, "Probabilistic outputs for support vector machines", 1999, section 2.2: n rows without
// an error do not show that there are none, and a tree's pure leaves would be believed.
class Objective {
 public:
  Objective(const RowMatrix& logs, std::span<const std::uint32_t> truth,
            std::span<const double> counts)
      : logs_(logs), truth_(truth), counts_(counts), others_(logs.rowwise().sum()) {
    const double n = std::accumulate(counts.begin(), counts.end(), 0.0);
    if (logs.cols() > 1) slip_ = 1 / (n + 2) / static_cast<double>(logs.cols() - 1);
    for (std::size_t i = 0; i < truth.size(); ++i) {
      const auto row = static_cast<Eigen::Index>(i);
      others_[row] -= static_cast<double>(logs.cols()) * logs(row, truth[i]);
    }
  }

  Point at(Vector parameters) const {
    Point point{std::move(parameters), {}, 0};
    point.q = calibrated(logs_, point.parameters);
    point.loss = loss(point.parameters, point.q);
    return point;
  }

  // The Newton step; its product with the gradient is the decrease that it promises.
  Vector step(const Point& point, double& decrease) const {
    const RowMatrix& q = point.q;
    const Eigen::Map<const Vector> weight(counts_.data(),
                                          static_cast<Eigen::Index>(counts_.size()));
    const Eigen::Index k = logs_.cols();
    Vector gradient = pull(point.parameters);
    Eigen::MatrixXd hessian = Eigen::MatrixXd::Identity(k + 1, k + 1);
    const Vector mean_log = q.cwiseProduct(logs_).rowwise().sum();
    const RowMatrix weighted = weight.asDiagonal() * q;
    for (std::size_t i = 0; i < truth_.size(); ++i) {
      const auto row = static_cast<Eigen::Index>(i);
      gradient[0] += counts_[i] * (mean_log[row] - logs_(row, truth_[i]) - slip_ * others_[row]);
      gradient[1 + truth_[i]] -= counts_[i] * (1 - slip_ * static_cast<double>(k));
    }
    gradient.tail(k).array() -= slip_ * weight.sum();
    gradient.tail(k) += weighted.colwise().sum().transpose();
    const RowMatrix centred = logs_.colwise() - mean_log;
    hessian(0, 0) += weighted.cwiseProduct(logs_).cwiseProduct(centred).sum();
    const Vector cross = weighted.cwiseProduct(centred).colwise().sum().transpose();
    hessian.block(1, 0, k, 1) += cross;
    hessian.block(0, 1, 1, k) += cross.transpose();
    hessian.block(1, 1, k, k) -= q.transpose() * weighted;
    hessian.diagonal().tail(k) += weighted.colwise().sum().transpose();
    const Vector direction = hessian.ldlt().solve(-gradient);
    decrease = -gradient.dot(direction);
    return direction;
  }

 private:
  static Vector pull(const Vector& parameters) {
    Vector offset = parameters;
    offset[0] -= 1;
    return offset;
  }

  double loss(const Vector& parameters, const RowMatrix& q) const {
    const auto biases = parameters.tail(logs_.cols());
    const double all_biases = biases.sum();
    double loss = 0.5 * pull(parameters).squaredNorm();
    for (std::size_t i = 0; i < truth_.size(); ++i) {
      const auto row = static_cast<Eigen::Index>(i);
      const double of_truth = std::log(std::max(q(row, truth_[i]), 1e-300));
      // The sum of log(q of class / q of truth) over all classes.
      const double others = parameters[0] * others_[row] + all_biases -
                            static_cast<double>(logs_.cols()) * biases[truth_[i]];
      loss -= counts_[i] * (of_truth + slip_ * others);
    }
    return loss;
  }

  const RowMatrix& logs_;
  std::span<const std::uint32_t> truth_;
  std::span<const double> counts_;
  Vector others_;    // per row: the sum over classes of log p - log p of the truth
  double slip_ = 0;  // of a row, for each class that it is not of
};

}  // namespace

Calibrator Calibrator::refit(const RowMatrix& proba, std::span<const std::uint32_t> truth,
                             std::span<const double> counts) const {
  const RowMatrix logs = log_proba(proba);
  const Objective objective(logs, truth, counts);
  Point point = objective.at(parameters(proba.cols()));
  for (int i = 0; i < kMaxSteps; ++i) {
    double decrease = 0;
    Vector step = objective.step(point, decrease);
    if (!(decrease > 1e-10 * (1 + point.loss))) break;
    Point next = objective.at(point.parameters + step);
    for (int halvings = 0; !(next.loss < point.loss) && halvings < 40; ++halvings) {
      step /= 2;
      next = objective.at(point.parameters + step);
    }
    if (!(next.loss < point.loss)) break;
    point = std::move(next);
  }
  Calibrator calibrator;
  // A slope below 0 would turn the learner's order around; noise must not do that.
  calibrator.slope_ = std::max(point.parameters[0], 0.0);
  calibrator.bias_.assign(point.parameters.data() + 1,
                          point.parameters.data() + point.parameters.size());
  return calibrator;
}

Eigen::VectorXd Calibrator::parameters(Eigen::Index n_classes) const {
  Vector parameters = Vector::Zero(n_classes + 1);
  parameters[0] = slope_;
  for (std::size_t c = 0; c < bias_.size(); ++c) {
    parameters[static_cast<Eigen::Index>(c) + 1] = bias_[c];
  }
  return parameters;
}

RowMatrix Calibrator::apply(const RowMatrix& proba) const {
  if (bias_.empty()) return proba;
  return calibrated(log_proba(proba), parameters(proba.cols()));
}

TensorBundle Calibrator::save() const {
  TensorBundle bundle;
  bundle.add("slope", std::vector<double>{slope_});
  bundle.add("bias", bias_);
  return bundle;
}

Calibrator Calibrator::load(const TensorBundle& bundle, std::size_t n_classes) {
  Calibrator calibrator;
  // Up to 1e100, so that slope * log p + bias stays finite.
  calibrator.slope_ = values_between(bundle, "slope", 1, 0, 1e100).front();
  calibrator.bias_ = values_between(bundle, "bias", n_classes, -1e100, 1e100);
  return calibrator;
}

}  // namespace resml
