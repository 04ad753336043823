#include "resml/learn/block_order.hpp"

#include <algorithm>
#include <numeric>
#include <span>

namespace resml {
namespace {

class BlockSorter {
 public:
  BlockSorter(const CompactRows& rows, std::size_t most, const FitContext& context)
      : rows_(rows), most_(most), context_(context), counts_(rows.n_indicators, 0) {
    order_.rows.resize(rows.size());
    std::iota(order_.rows.begin(), order_.rows.end(), 0U);
  }

  BlockOrder sort() {
    std::vector<Part> open = {{0, rows_.size()}};
    while (!open.empty()) {
      const Part part = open.back();
      open.pop_back();
      throw_if_stopped(context_);
      const std::size_t middle = part.end - part.begin <= most_ ? part.begin : divide(part);
      if (middle == part.begin) {
        order_.starts.push_back(static_cast<std::uint32_t>(part.begin));
        continue;
      }
      open.push_back({middle, part.end});
      open.push_back({part.begin, middle});
    }
    order_.starts.push_back(static_cast<std::uint32_t>(rows_.size()));
    return std::move(order_);
  }

 private:
  struct Part {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  struct Column {
    std::size_t index = 0;
    double variance = 0;
  };

  std::span<std::uint32_t> rows_of(const Part& part) {
    return std::span(order_.rows).subspan(part.begin, part.end - part.begin);
  }

  // Where the second half begins; it has at least a row, and so has the first.
  std::size_t divide(const Part& part) {
    const std::span<std::uint32_t> rows = rows_of(part);
    const Column column = most_varying(rows);
    std::size_t n_first = rows.size() / 2;
    if (column.variance > 0 && column.index < rows_.n_indicators) {
      const auto is_off = [&](std::uint32_t row) {
        return !rows_.is_on(row, static_cast<std::uint32_t>(column.index));
      };
      const auto second = std::stable_partition(rows.begin(), rows.end(), is_off);
      n_first = static_cast<std::size_t>(second - rows.begin());
    } else if (column.variance > 0) {
      const std::size_t k = column.index - rows_.n_indicators;
      std::ranges::nth_element(rows, rows.begin() + static_cast<std::ptrdiff_t>(n_first),
                               [&](std::uint32_t a, std::uint32_t b) {
                                 const double of_a = rows_.numbers_of(a)[k];
                                 const double of_b = rows_.numbers_of(b)[k];
                                 return of_a != of_b ? of_a < of_b : a < b;
                               });
    }
    return part.begin + n_first;
  }

  Column most_varying(std::span<const std::uint32_t> rows) {
    const auto n = static_cast<double>(rows.size());
    Column best;
    for (const std::uint32_t row : rows) {
      for (const std::uint32_t j : rows_.active_of(row)) ++counts_[j];
    }
    for (const std::uint32_t row : rows) {
      for (const std::uint32_t j : rows_.active_of(row)) {
        const double share = counts_[j] / n;  // 0 from the second time on
        counts_[j] = 0;
        const double variance = share * (1 - share);
        if (variance > best.variance) best = {j, variance};
      }
    }
    for (std::size_t k = 0; k < rows_.n_numbers; ++k) {
      double mean = 0;
      for (const std::uint32_t row : rows) mean += rows_.numbers_of(row)[k] / n;
      double variance = 0;
      for (const std::uint32_t row : rows) {
        const double deviation = rows_.numbers_of(row)[k] - mean;
        variance += deviation * deviation / n;
      }
      if (variance > best.variance) best = {rows_.n_indicators + k, variance};
    }
    return best;
  }

  const CompactRows& rows_;
  const std::size_t most_;
  const FitContext& context_;
  BlockOrder order_;
  std::vector<std::uint32_t> counts_;  // by indicator; all 0 between parts
};

}  // namespace

BlockOrder order_in_blocks(const CompactRows& rows, std::size_t most, const FitContext& context) {
  return BlockSorter(rows, most, context).sort();
}

}  // namespace resml
