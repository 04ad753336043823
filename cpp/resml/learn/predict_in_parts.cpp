#include "resml/learn/predict_in_parts.hpp"

#include <algorithm>
#include <functional>

#include "resml/base/parallel.hpp"

namespace resml {
namespace {

constexpr std::size_t kFewestRows = 1024;  // of a part
constexpr std::size_t kPartsPerThread = 4;
// Of a part: a stop is noticed between two of them, and kernels to 100,000 rows take their time.
constexpr std::size_t kMostRows = 2048;

std::size_t count_parts(std::size_t n_rows, const FitContext& context) {
  const std::size_t wanted = std::max(1U, context.threads) * kPartsPerThread;
  return std::min(std::max(wanted, n_rows / kMostRows), n_rows / kFewestRows);
}

// Calls work(first row, part) from several threads.
void for_each_part(const CompactRows& rows, std::size_t n_parts, const FitContext& context,
                   const std::function<void(std::size_t, const CompactRows&)>& work) {
  parallel_for(context, "scoring", n_parts, [&](std::size_t part) {
    const std::size_t begin = rows.size() * part / n_parts;
    const std::size_t end = rows.size() * (part + 1) / n_parts;
    work(begin, select_rows(rows, begin, end));
  });
}

// The rows of `matrix` that belong to a part.
auto rows_of_part(RowMatrix& matrix, std::size_t begin, const CompactRows& part) {
  return matrix.middleRows(static_cast<Eigen::Index>(begin),
                           static_cast<Eigen::Index>(part.size()));
}

}  // namespace

RowMatrix predict_in_parts(const Classifier& classifier, const CompactRows& rows,
                           const FitContext& context) {
  const std::size_t n_parts = count_parts(rows.size(), context);
  if (n_parts < 2) return classifier.predict_proba(rows);
  RowMatrix proba = classifier.make_answers(rows);
  for_each_part(rows, n_parts, context, [&](std::size_t begin, const CompactRows& part) {
    rows_of_part(proba, begin, part) = classifier.predict_proba(part);
  });
  return proba;
}

Classifier::Answers answer_in_parts(const Classifier& classifier, const CompactRows& rows,
                                    const FitContext& context) {
  const std::size_t n_parts = count_parts(rows.size(), context);
  if (n_parts < 2) return classifier.answer(rows);
  Classifier::Answers answers{classifier.make_answers(rows),
                              std::vector<std::uint32_t>(rows.size())};
  for_each_part(rows, n_parts, context, [&](std::size_t begin, const CompactRows& part) {
    const Classifier::Answers of_part = classifier.answer(part);
    rows_of_part(answers.proba, begin, part) = of_part.proba;
    std::ranges::copy(of_part.decisions,
                      answers.decisions.begin() + static_cast<std::ptrdiff_t>(begin));
  });
  return answers;
}

}  // namespace resml
