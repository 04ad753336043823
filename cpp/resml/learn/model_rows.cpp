#include "resml/learn/model_rows.hpp"

#include <algorithm>
#include <functional>

#include "resml/base/error.hpp"
#include "resml/learn/narrow_codes.hpp"

namespace resml {

std::vector<std::size_t> load_starts(const TensorBundle& bundle, std::string_view name,
                                     SizeLimits limits) {
  std::vector<std::size_t> starts = {0};
  std::uint64_t sum = 0;
  bool is_right = true;
  for (const std::uint32_t size : load_codes(bundle, name, limits.most + 1)) {
    sum += size;
    is_right = is_right && size >= limits.least && sum <= limits.total;
    starts.push_back(sum);
  }
  if (!is_right || sum != limits.total) {
    throw ModelFileError("array ", quoted(name), ": expected sizes of at least ", limits.least,
                         " with a sum of ", limits.total);
  }
  return starts;
}

std::vector<std::uint32_t> load_short_starts(const TensorBundle& bundle, std::string_view name,
                                             SizeLimits limits) {
  const std::vector<std::size_t> starts = load_starts(bundle, name, limits);
  return {starts.begin(), starts.end()};
}

void add_rows(TensorBundle& bundle, const CompactRows& rows) {
  add_codes(bundle, "row_size", sizes_of(rows.starts));
  add_codes(bundle, "active", rows.active);
  bundle.add("numbers", rows.numbers, {rows.size(), rows.n_numbers});
}

CompactRows load_rows(const TensorBundle& bundle, const ModelShape& shape) {
  CompactRows rows{.n_indicators = shape.n_indicators, .n_numbers = shape.n_numbers};
  rows.active = load_codes(bundle, "active", shape.n_indicators);
  rows.starts = load_starts(bundle, "row_size",
                            {.least = 0, .most = shape.n_indicators, .total = rows.active.size()});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (std::ranges::is_sorted(rows.active_of(i), std::less_equal())) continue;
    throw ModelFileError("array \"active\": expected an ascending list in row ", i);
  }
  rows.numbers = values_between(bundle, "numbers", rows.size() * shape.n_numbers, -kLargestNumber,
                                kLargestNumber);
  return rows;
}

}  // namespace resml
