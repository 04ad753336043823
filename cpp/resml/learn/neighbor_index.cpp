#include "resml/learn/neighbor_index.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "resml/learn/bits.hpp"

namespace resml {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Of a query with n indicators and a row with `size`, at most `common` of them in common.
double indicator_distance(std::uint64_t n, std::uint64_t size, std::uint64_t common) {
  return static_cast<double>(n + size - 2 * std::min(common, size));
}

}  // namespace

NeighborIndex::NeighborIndex(CompactRows rows, std::vector<std::uint32_t> starts)
    : rows_(std::move(rows)), starts_(std::move(starts)), n_words_((n_blocks() + 63) / 64) {
  blocks_with_.assign(rows_.n_indicators * n_words_, 0);
  numbers_.resize(rows_.numbers.size());
  smallest_size_ = std::numeric_limits<std::uint64_t>::max();
  std::vector<std::uint32_t> place_of_column(rows_.n_indicators, kNone);
  for (std::size_t block = 0; block < n_blocks(); ++block) add_block(block, place_of_column);
}

// `place_of_column` holds kNone everywhere, before and after.
void NeighborIndex::add_block(std::size_t block, std::vector<std::uint32_t>& place_of_column) {
  const std::size_t begin = starts_[block];
  const std::size_t n = starts_[block + 1] - begin;
  const auto first_column = static_cast<std::ptrdiff_t>(columns_.size());
  const auto first_size = static_cast<std::ptrdiff_t>(sizes_.size());
  for (std::size_t i = 0; i < n; ++i) {
    const auto active = rows_.active_of(begin + i);
    for (const std::uint32_t j : active) {
      if (place_of_column[j] == kNone) {
        place_of_column[j] = static_cast<std::uint32_t>(columns_.size());
        columns_.push_back({j, 0});
        blocks_with_[j * n_words_ + block / 64] |= std::uint64_t{1} << block % 64;
      }
      columns_[place_of_column[j]].on |= Members{1} << i;
    }
    const auto size = static_cast<std::uint32_t>(active.size());
    auto of = std::find_if(sizes_.begin() + first_size, sizes_.end(),
                           [&](const Size& known) { return known.size == size; });
    if (of == sizes_.end()) of = sizes_.insert(of, {size, 0});
    of->rows |= Members{1} << i;
    smallest_size_ = std::min<std::uint64_t>(smallest_size_, size);
  }
  std::for_each(columns_.begin() + first_column, columns_.end(),
                [&](const Column& column) { place_of_column[column.index] = kNone; });
  column_starts_.push_back(static_cast<std::uint32_t>(columns_.size()));
  size_starts_.push_back(static_cast<std::uint32_t>(sizes_.size()));
  for (std::size_t k = 0; k < rows_.n_numbers; ++k) {
    double* numbers = numbers_.data() + begin * rows_.n_numbers + k * n;
    for (std::size_t i = 0; i < n; ++i) numbers[i] = rows_.numbers_of(begin + i)[k];
    lows_.push_back(*std::min_element(numbers, numbers + n));
    highs_.push_back(*std::max_element(numbers, numbers + n));
  }
}

void NeighborIndex::search(const CompactRows& queries, std::size_t query, Scratch& scratch,
                           NearestRows& nearest) const {
  Query asked{queries.active_of(query), {}};
  for (const double x : queries.numbers_of(query)) asked.numbers.push_back(bounded(x));
  for (const std::uint32_t j : asked.active) scratch.is_on[j] = 1;
  count_in_blocks(asked, scratch);
  const std::uint64_t n = asked.active.size();
  // Blocks with most in common first: they bring the cut down.
  for (std::uint64_t common = n + 1; common-- > 0;) {
    const std::uint64_t size = std::max(smallest_size_, common);
    if (indicator_distance(n, size, common) > nearest.cut()) break;
    list_blocks(common, scratch);
    for (const std::uint32_t block : scratch.blocks) {
      if (bound(block, common, asked) > nearest.cut()) continue;
      search_block(block, asked, scratch, nearest);
    }
  }
  for (const std::uint32_t j : asked.active) scratch.is_on[j] = 0;
}

// How many of the query's indicators occur in each block.
void NeighborIndex::count_in_blocks(const Query& query, Scratch& scratch) const {
  scratch.in_blocks.assign(n_words_, {});
  for (const std::uint32_t j : query.active) {
    const std::uint64_t* blocks = blocks_with_.data() + j * n_words_;
    for (std::size_t word = 0; word < n_words_; ++word) scratch.in_blocks[word].add(blocks[word]);
  }
}

// The blocks where that many of them occur.
void NeighborIndex::list_blocks(std::uint64_t common, Scratch& scratch) const {
  scratch.blocks.clear();
  for (std::size_t word = 0; word < n_words_; ++word) {
    const std::size_t n_here = std::min<std::size_t>(64, n_blocks() - word * 64);
    const std::uint64_t here = ~std::uint64_t{0} >> (64 - n_here);
    for_each_bit(scratch.in_blocks[word].at(common) & here, [&](std::size_t bit) {
      scratch.blocks.push_back(static_cast<std::uint32_t>(word * 64 + bit));
    });
  }
}

// No row of the block is nearer. The terms are those of a distance, each at most as large and
// summed in the same order, so rounding cannot make the sum larger than the distance.
double NeighborIndex::bound(std::uint32_t block, std::uint64_t common, const Query& query) const {
  double nearest = kInfinity;
  for (std::size_t s = size_starts_[block]; s < size_starts_[block + 1]; ++s) {
    nearest = std::min(nearest, indicator_distance(query.active.size(), sizes_[s].size, common));
  }
  return number_bound(block, query) + nearest;
}

double NeighborIndex::number_bound(std::uint32_t block, const Query& query) const {
  const double* low = lows_.data() + block * query.numbers.size();
  const double* high = highs_.data() + block * query.numbers.size();
  double sum = 0;
  for (std::size_t k = 0; k < query.numbers.size(); ++k) {
    const double x = query.numbers[k];
    const double outside = x < low[k] ? low[k] - x : std::max(x - high[k], 0.0);
    sum += outside * outside;
  }
  return sum;
}

void NeighborIndex::search_block(std::uint32_t block, const Query& query, const Scratch& scratch,
                                 NearestRows& nearest) const {
  const std::uint32_t begin = starts_[block];
  const std::size_t n_rows = starts_[block + 1] - begin;
  BitCounters common;
  std::uint64_t most_common = 0;
  for (std::size_t c = column_starts_[block]; c < column_starts_[block + 1]; ++c) {
    if (scratch.is_on[columns_[c].index] == 0) continue;
    common.add(columns_[c].on);
    ++most_common;
  }
  std::array<double, kMostRows> squares{};
  const double* numbers = numbers_.data() + begin * query.numbers.size();
  for (const double x : query.numbers) {
    for (std::size_t i = 0; i < n_rows; ++i) {
      squares[i] += (x - numbers[i]) * (x - numbers[i]);
    }
    numbers += n_rows;
  }
  for (std::size_t s = size_starts_[block]; s < size_starts_[block + 1]; ++s) {
    const Size& of = sizes_[s];
    for (std::uint64_t n = std::min<std::uint64_t>(most_common, of.size) + 1; n-- > 0;) {
      const double distance = indicator_distance(query.active.size(), of.size, n);
      if (distance > nearest.cut()) break;
      for_each_bit(common.at(n) & of.rows, [&](std::size_t i) {
        nearest.add(squares[i] + distance, begin + static_cast<std::uint32_t>(i));
      });
    }
  }
}

}  // namespace resml
