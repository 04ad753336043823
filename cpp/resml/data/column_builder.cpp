#include "resml/data/column_builder.hpp"

#include <cstring>

#include "resml/base/rng.hpp"

namespace resml {
namespace {

// Eight bytes at a time; cells are short.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = text.size();
  while (text.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    hash = mix_bits(hash ^ word);
    text.remove_prefix(8);
  }
  std::uint64_t rest = 0;
  if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
  return mix_bits(hash ^ rest);
}

}  // namespace

bool ColumnBuilder::append(std::string_view cell) {
  // Neighbouring rows are often equal.
  if (!column_.codes.empty() && column_.values[column_.codes.back()] == cell) {
    column_.codes.push_back(column_.codes.back());
    return false;
  }
  const std::size_t before = column_.values.size();
  column_.codes.push_back(code_of(cell));
  return column_.values.size() > before;
}

std::uint32_t ColumnBuilder::code_of(std::string_view cell) {
  if (2 * column_.values.size() >= slots_.size()) grow();
  const std::uint64_t hash = hash_of(cell);
  std::size_t place = hash & (slots_.size() - 1);
  while (slots_[place].code != kFree) {
    const Slot& slot = slots_[place];
    if (slot.hash == hash && column_.values[slot.code] == cell) return slot.code;
    place = (place + 1) & (slots_.size() - 1);
  }
  slots_[place] = {hash, static_cast<std::uint32_t>(column_.values.size())};
  column_.values.emplace_back(cell);
  return slots_[place].code;
}

void ColumnBuilder::grow() {
  std::vector<Slot> old(slots_.empty() ? 8 : 2 * slots_.size());
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.code == kFree) continue;
    std::size_t place = slot.hash & (slots_.size() - 1);
    while (slots_[place].code != kFree) place = (place + 1) & (slots_.size() - 1);
    slots_[place] = slot;
  }
}

}  // namespace resml
