#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace resml {

// A value of a pickle as far as it is plain. It refers to others by their index.
struct PickleValue {
  enum class Kind { Opaque, None, Boolean, Number, Text, List, Dict };
  Kind kind = Kind::Opaque;
  double number = 0;                 // Boolean: 0 or 1
  std::string text;                  // UTF-8
  std::vector<std::uint32_t> items;  // List (tuples too); Dict: key, value, ...
};

// Follows the opcodes of a pickle (protocols 0 to 5; the table is that of Python's pickletools)
// and keeps what is plain: whatever a pickle would import, call or construct is Opaque here. Stops
// at the end, at the first thing that no pickle has, or at a limit.
class PickleScan {
 public:
  // `found` is called with the state (attributes) of each object; true ends the scan.
  using Found = std::function<bool(const PickleScan&, const PickleValue& state)>;

  PickleScan(std::string_view bytes, Found found);
  void run();

  const PickleValue& value(std::uint32_t index) const { return values_[index]; }
  // What a Dict has under this key; nullptr if nothing.
  const PickleValue* find(const PickleValue& dict, std::string_view key) const;

 private:
  friend struct PickleOpcodes;
  std::string_view take(std::uint64_t n);
  std::string_view take_line();

  void push(std::uint32_t index);
  void push(PickleValue value);
  void push_number(double number);
  void push_text(std::string text);
  std::uint32_t pop();
  std::vector<std::uint32_t> pop_to_mark();
  void add_items(std::vector<std::uint32_t> items, PickleValue::Kind kind);
  void remember(std::uint64_t key);
  void recall(std::uint64_t key);

  std::string_view rest_;
  Found found_;
  bool stopped_ = false;
  std::vector<PickleValue> values_;
  std::vector<std::uint32_t> stack_;
  std::vector<std::size_t> marks_;  // heights of the stack
  std::vector<std::uint32_t> memo_;
};

}  // namespace resml
