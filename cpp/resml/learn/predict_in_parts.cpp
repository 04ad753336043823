#include "resml/learn/predict_in_parts.hpp"

#include <algorithm>

#include "resml/base/parallel.hpp"

namespace resml {
namespace {

constexpr std::size_t kFewestRows = 1024;  // of a part
constexpr std::size_t kPartsPerThread = 4;

CompactRows part_of(const CompactRows& rows, std::size_t begin, std::size_t end) {
  const auto slice = [](const auto& values, std::size_t first, std::size_t last) {
    return std::vector(values.begin() + static_cast<std::ptrdiff_t>(first),
                       values.begin() + static_cast<std::ptrdiff_t>(last));
  };
  CompactRows part{.n_indicators = rows.n_indicators,
                   .n_numbers = rows.n_numbers,
                   .starts = slice(rows.starts, begin, end + 1),
                   .active = slice(rows.active, rows.starts[begin], rows.starts[end]),
                   .numbers = slice(rows.numbers, begin * rows.n_numbers, end * rows.n_numbers)};
  for (std::size_t& start : part.starts) start -= rows.starts[begin];
  return part;
}

}  // namespace

RowMatrix predict_in_parts(const Classifier& classifier, const CompactRows& rows,
                           const FitContext& context) {
  const std::size_t wanted = std::max(1U, context.threads) * kPartsPerThread;
  const std::size_t n_parts = std::min(wanted, rows.size() / kFewestRows);
  if (n_parts < 2) return classifier.predict_proba(rows);
  RowMatrix proba(static_cast<Eigen::Index>(rows.size()),
                  static_cast<Eigen::Index>(classifier.n_classes()));
  parallel_for(context, "scoring", n_parts, [&](std::size_t part) {
    const std::size_t begin = rows.size() * part / n_parts;
    const std::size_t end = rows.size() * (part + 1) / n_parts;
    proba.middleRows(static_cast<Eigen::Index>(begin), static_cast<Eigen::Index>(end - begin)) =
        classifier.predict_proba(part_of(rows, begin, end));
  });
  return proba;
}

}  // namespace resml
