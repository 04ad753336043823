#include "resml/learn/logistic_regression.hpp"

#include <Eigen/Cholesky>
#include <cmath>
#include <numeric>

#include "resml/base/error.hpp"
#include "resml/base/parallel.hpp"

namespace resml {
namespace {

using Vector = Eigen::VectorXd;

// Beyond this many columns a Newton step is solved by conjugate gradients instead of factorising.
constexpr Eigen::Index kMaxFactorisedColumns = 1200;

double sigmoid(double z) {
  return z >= 0 ? 1 / (1 + std::exp(-z)) : std::exp(z) / (1 + std::exp(z));
}

// log(1 + exp(z)) without overflow.
double log1p_exp(double z) {
  return z > 0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z));
}

double dot(const CompactRows& rows, std::size_t i, const double* w) {
  double sum = w[rows.n_columns()];
  for (const std::uint32_t j : rows.active_of(i)) sum += w[j];
  const auto numbers = rows.numbers_of(i);
  for (std::size_t k = 0; k < numbers.size(); ++k) sum += w[rows.n_indicators + k] * numbers[k];
  return sum;
}

void add_scaled(const CompactRows& rows, std::size_t i, double scale, double* w) {
  for (const std::uint32_t j : rows.active_of(i)) w[j] += scale;
  const auto numbers = rows.numbers_of(i);
  for (std::size_t k = 0; k < numbers.size(); ++k) w[rows.n_indicators + k] += scale * numbers[k];
  w[rows.n_columns()] += scale;
}

// One class against the rest.
class BinaryProblem {
 public:
  BinaryProblem(const LogisticRegressionOptions& options, const TrainingSet& set,
                std::uint32_t positive)
      : options_(options),
        set_(set),
        positive_(positive),
        size_(static_cast<Eigen::Index>(set.rows.n_columns()) + 1),
        margin_(set.size(), 0) {}

  Vector solve(const FitContext& context) {
    Vector w = Vector::Zero(size_);
    double loss = loss_at(w);
    for (std::uint64_t step = 0; step < options_.max_iter; ++step) {
      throw_if_stopped(context);
      const Vector gradient = gradient_at(w);
      const Vector direction = newton_direction(gradient);
      const double slope = gradient.dot(direction);
      // The decrease that Newton's model still promises; below rounding the optimum is reached.
      if (!(-slope > 1e-14 * (1 + loss))) break;
      double length = 1;
      Vector next = w + direction;
      double next_loss = loss_at(next);
      for (int halvings = 0; next_loss > loss + 1e-4 * length * slope && halvings < 50;
           ++halvings) {
        length /= 2;
        next = w + length * direction;
        next_loss = loss_at(next);
      }
      if (!(next_loss <= loss)) break;
      w = next;
      loss = next_loss;
    }
    return w;
  }

 private:
  double sign_of(std::size_t i) const { return set_.labels[i] == positive_ ? 1 : -1; }

  // Leaves the margins w.x_i of this w behind for the gradient.
  double loss_at(const Vector& w) {
    double loss = 0;
    for (std::size_t i = 0; i < set_.size(); ++i) {
      margin_[i] = dot(set_.rows, i, w.data());
      loss += set_.weights[i] * log1p_exp(-sign_of(i) * margin_[i]);
    }
    return 0.5 * w.squaredNorm() + options_.c * loss;
  }

  Vector gradient_at(const Vector& w) const {
    Vector gradient = w;
    for (std::size_t i = 0; i < set_.size(); ++i) {
      const double residual = -sign_of(i) * sigmoid(-sign_of(i) * margin_[i]);
      add_scaled(set_.rows, i, options_.c * set_.weights[i] * residual, gradient.data());
    }
    return gradient;
  }

  double curvature(std::size_t i) const {
    const double p = sigmoid(margin_[i]);
    return options_.c * set_.weights[i] * p * (1 - p);
  }

  Vector newton_direction(const Vector& gradient) const {
    if (size_ > kMaxFactorisedColumns) return conjugate_gradients(gradient);
    return hessian().llt().solve(-gradient);
  }

  // I + sum_i curvature_i x_i x_i^T, lower triangle, from the active columns of each row alone.
  Eigen::MatrixXd hessian() const {
    Eigen::MatrixXd hessian = Eigen::MatrixXd::Identity(size_, size_);
    std::vector<std::pair<Eigen::Index, double>> row;
    for (std::size_t i = 0; i < set_.size(); ++i) {
      const double scale = curvature(i);
      if (scale == 0) continue;
      collect(i, row);
      for (std::size_t a = 0; a < row.size(); ++a) {
        double* column = hessian.col(row[a].first).data();
        const double scaled = scale * row[a].second;
        for (std::size_t b = a; b < row.size(); ++b) column[row[b].first] += scaled * row[b].second;
      }
    }
    return hessian;
  }

  void collect(std::size_t i, std::vector<std::pair<Eigen::Index, double>>& row) const {
    row.clear();
    for (const std::uint32_t j : set_.rows.active_of(i)) row.emplace_back(j, 1.0);
    const auto numbers = set_.rows.numbers_of(i);
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      row.emplace_back(set_.rows.n_indicators + k, numbers[k]);
    }
    row.emplace_back(size_ - 1, 1.0);
  }

  // Solves hessian * direction = -gradient without the matrix, preconditioned by its diagonal.
  Vector conjugate_gradients(const Vector& gradient) const {
    std::vector<double> scale(set_.size());
    Vector diagonal = Vector::Ones(size_);
    std::vector<std::pair<Eigen::Index, double>> row;
    for (std::size_t i = 0; i < set_.size(); ++i) {
      scale[i] = curvature(i);
      collect(i, row);
      for (const auto& [j, x] : row) diagonal[j] += scale[i] * x * x;
    }
    Vector direction = Vector::Zero(size_);
    Vector residual = -gradient;
    Vector preconditioned = residual.cwiseQuotient(diagonal);
    Vector search = preconditioned;
    double energy = residual.dot(preconditioned);
    const double enough = 1e-16 * energy;
    for (Eigen::Index step = 0; step < 2 * size_ && energy > enough; ++step) {
      Vector product = search;
      for (std::size_t i = 0; i < set_.size(); ++i) {
        add_scaled(set_.rows, i, scale[i] * dot(set_.rows, i, search.data()), product.data());
      }
      const double length = energy / search.dot(product);  // > 0: the matrix is at least I
      direction += length * search;
      residual -= length * product;
      preconditioned = residual.cwiseQuotient(diagonal);
      const double next_energy = residual.dot(preconditioned);
      search = preconditioned + (next_energy / energy) * search;
      energy = next_energy;
    }
    return direction;
  }

  const LogisticRegressionOptions& options_;
  const TrainingSet& set_;
  const std::uint32_t positive_;
  const Eigen::Index size_;
  std::vector<double> margin_;
};

}  // namespace

ClassifierPtr LogisticRegression::fit(const Options& options, const TrainingSet& set,
                                      const FitContext& context) {
  const std::uint32_t n_problems = set.n_classes == 2 ? 1 : set.n_classes;
  RowMatrix coefficients(n_problems, static_cast<Eigen::Index>(set.rows.n_columns()) + 1);
  parallel_for(context, kKind, n_problems, [&](std::size_t i) {
    // Of two classes the second is the positive one.
    const auto positive = static_cast<std::uint32_t>(n_problems == 1 ? set.n_classes - 1 : i);
    coefficients.row(static_cast<Eigen::Index>(i)) =
        BinaryProblem(options, set, positive).solve(context).transpose();
  });
  return ClassifierPtr(new LogisticRegression(std::move(coefficients), set.n_classes));
}

RowMatrix LogisticRegression::predict_proba(const CompactRows& rows) const {
  RowMatrix proba(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(n_classes_));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = proba.row(static_cast<Eigen::Index>(i));
    if (n_classes_ == 1) {
      row[0] = 1;
      continue;
    }
    if (n_classes_ == 2) {
      const double z = dot(rows, i, coefficients_.row(0).data());
      row[0] = sigmoid(-z);
      row[1] = sigmoid(z);
      continue;
    }
    for (Eigen::Index c = 0; c < row.size(); ++c) {
      row[c] = sigmoid(dot(rows, i, coefficients_.row(c).data()));
    }
    const double sum = std::accumulate(row.data(), row.data() + row.size(), 0.0);
    if (sum > 0) {
      row /= sum;
    } else {
      row.setConstant(1.0 / static_cast<double>(n_classes_));  // every class is infinitely unlikely
    }
  }
  return proba;
}

TensorBundle LogisticRegression::save() const {
  TensorBundle bundle;
  bundle.add("n_classes", std::vector<std::uint32_t>{n_classes_});
  bundle.add("coefficients",
             std::vector<double>(coefficients_.data(), coefficients_.data() + coefficients_.size()),
             {static_cast<std::size_t>(coefficients_.rows()),
              static_cast<std::size_t>(coefficients_.cols())});
  return bundle;
}

ClassifierPtr LogisticRegression::load(const TensorBundle& bundle) {
  const std::uint32_t n_classes = bundle.values<std::uint32_t>("n_classes", 1).front();
  const auto& values = bundle.values<double>("coefficients");
  const std::size_t n_problems = n_classes == 2 ? 1 : n_classes;
  if (n_problems == 0 || values.empty() || values.size() % n_problems != 0) {
    throw ModelFileError("array \"coefficients\": expected a row per class");
  }
  for (const double value : values) {
    if (!std::isfinite(value)) {
      throw ModelFileError("array \"coefficients\": expected finite numbers");
    }
  }
  RowMatrix coefficients =
      Eigen::Map<const RowMatrix>(values.data(), static_cast<Eigen::Index>(n_problems),
                                  static_cast<Eigen::Index>(values.size() / n_problems));
  return ClassifierPtr(new LogisticRegression(std::move(coefficients), n_classes));
}

}  // namespace resml
