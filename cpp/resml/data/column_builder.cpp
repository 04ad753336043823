#include "resml/data/column_builder.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "resml/base/rng.hpp"

namespace resml {
namespace {

constexpr std::size_t kShort = 16;

// 16 bytes of ones, then 16 of zeros: from the (16 - n)th on, n bytes of ones come first.
constexpr std::array<std::uint8_t, 2 * kShort> kOnesThenZeros = [] {
  std::array<std::uint8_t, 2 * kShort> bytes{};
  for (std::size_t i = 0; i < kShort; ++i) bytes[i] = 0xff;
  return bytes;
}();

std::uint64_t load_word(const void* place) {
  std::uint64_t word = 0;
  std::memcpy(&word, place, sizeof word);
  return word;
}

}  // namespace

inline ColumnBuilder::Slot ColumnBuilder::slot_of(std::string_view cell, std::size_t n_readable) {
  const std::size_t size = cell.size();
  const char* text = cell.data();
  const auto slot_size = static_cast<std::uint32_t>(size);
  if (size > kShort) {
    std::uint64_t hash = size;
    for (std::size_t i = 0; i + 8 < size; i += 8) hash = mix_bits(hash ^ load_word(text + i));
    return {hash, load_word(text + size - 8), slot_size, kFree};
  }
  std::array<char, kShort> copy;
  if (n_readable < kShort) {
    copy.fill(0);
    std::copy(cell.begin(), cell.end(), copy.begin());
    text = copy.data();
  }
  // Cut off with a mask: the sizes of cells are no branch that could be guessed right.
  const std::uint8_t* ones = kOnesThenZeros.data() + kShort - size;
  return {load_word(text) & load_word(ones), load_word(text + 8) & load_word(ones + 8), slot_size,
          kFree};
}

inline std::size_t ColumnBuilder::home_of(const Slot& slot) const {
  std::uint64_t hash = (slot.first + slot.size) * 0x9e3779b97f4a7c15ULL;
  hash = ((hash ^ (hash >> 32)) + slot.last) * 0xbf58476d1ce4e5b9ULL;
  return (hash ^ (hash >> 32)) & last_slot_;
}

inline bool ColumnBuilder::holds(const Slot& slot, const Slot& wanted,
                                 std::string_view cell) const {
  return slot.first == wanted.first && slot.last == wanted.last && slot.size == wanted.size &&
         (cell.size() <= kShort || column_.values[slot.code] == cell);
}

bool ColumnBuilder::append(std::string_view cell, std::size_t n_readable) {
  if (2 * column_.values.size() >= slots_.size()) grow();
  Slot wanted = slot_of(cell, n_readable);
  Slot* slot = &slots_[home_of(wanted)];
  while (slot->code != kFree) {
    if (holds(*slot, wanted, cell)) {
      column_.codes.push_back(slot->code);
      return false;
    }
    slot = slot == &slots_[last_slot_] ? slots_.data() : slot + 1;
  }
  wanted.code = static_cast<std::uint32_t>(column_.values.size());
  *slot = wanted;
  column_.codes.push_back(wanted.code);
  column_.values.emplace_back(cell);
  return true;
}

void ColumnBuilder::grow() {
  std::vector<Slot> old(slots_.empty() ? 8 : 2 * slots_.size());
  old.swap(slots_);
  last_slot_ = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.code == kFree) continue;
    std::size_t place = home_of(slot);
    while (slots_[place].code != kFree) place = (place + 1) & last_slot_;
    slots_[place] = slot;
  }
}

}  // namespace resml
