#include "resml/rows/grouping.hpp"

#include <algorithm>

#include "resml/base/rng.hpp"

namespace resml {
namespace {

using CodeColumns = std::span<const std::span<const std::uint32_t>>;

std::vector<std::uint64_t> row_hashes(CodeColumns columns) {
  std::vector<std::uint64_t> hashes(columns.front().size(), 0);
  for (const auto& codes : columns) {
    for (std::size_t row = 0; row < hashes.size(); ++row) {
      hashes[row] = mix_bits(hashes[row] ^ codes[row]);
    }
  }
  return hashes;
}

bool equal_rows(CodeColumns columns, std::size_t a, std::size_t b) {
  return std::all_of(columns.begin(), columns.end(),
                     [&](const auto& codes) { return codes[a] == codes[b]; });
}

}  // namespace

Groups group_rows(CodeColumns columns) {
  const std::size_t n_rows = columns.front().size();
  constexpr std::uint32_t kFree = 0xffffffff;
  const std::vector<std::uint64_t> hashes = row_hashes(columns);
  // Open addressing, at most half full, grown with the number of groups, not of rows.
  std::vector<std::uint32_t> slots(1024, kFree);
  Groups groups;
  const auto slot_of = [&](std::size_t row) {
    std::size_t slot = hashes[row] & (slots.size() - 1);
    while (slots[slot] != kFree) {
      const std::uint32_t other = groups.first_row[slots[slot]];
      if (hashes[other] == hashes[row] && equal_rows(columns, other, row)) break;
      slot = (slot + 1) & (slots.size() - 1);
    }
    return slot;
  };
  for (std::uint32_t row = 0; row < n_rows; ++row) {
    const std::size_t slot = slot_of(row);
    if (slots[slot] != kFree) {
      ++groups.counts[slots[slot]];
      continue;
    }
    slots[slot] = static_cast<std::uint32_t>(groups.counts.size());
    groups.first_row.push_back(row);
    groups.counts.push_back(1);
    if (2 * groups.counts.size() < slots.size()) continue;
    slots.assign(2 * slots.size(), kFree);
    for (std::uint32_t g = 0; g < groups.counts.size(); ++g) {
      slots[slot_of(groups.first_row[g])] = g;
    }
  }
  return groups;
}

}  // namespace resml
