#include "resml/pipeline/pickle_scan.hpp"

#include <array>
#include <bit>
#include <utility>

#include "resml/base/text.hpp"
#include "resml/base/utf8.hpp"

namespace resml {
namespace {

using Kind = PickleValue::Kind;

constexpr std::size_t kMaxOpcodes = std::size_t{8} << 20;
constexpr std::size_t kMaxValues = std::size_t{1} << 20;
constexpr std::size_t kMaxTextBytes = 1000;  // longer texts are no settings

// What stands behind an opcode's byte.
enum class Argument {
  None,
  Fixed1,
  Fixed2,
  Fixed4,
  Fixed8,
  Counted1,
  Counted4,
  Counted8,
  Line,
  Lines2
};

// The constants every scan begins with.
enum : std::uint32_t { kOpaque, kNone, kFalse, kTrue };

// Texts of Python 2 may be bytes of any kind: what is not UTF-8 is taken as Latin-1.
std::string as_utf8(std::string text) {
  if (find_invalid_utf8(text) == std::string_view::npos) return text;
  std::string out;
  for (const char c : text) append_utf8(out, static_cast<unsigned char>(c));
  return out;
}

// `n` hexadecimal digits at the start of `text` as a number; false if they are not there.
bool read_hex(std::string_view text, std::size_t n, std::uint32_t& value) {
  value = 0;
  if (text.size() < n) return false;
  for (const char c : text.substr(0, n)) {
    const std::size_t digit = kHexDigits.find(lower_case({&c, 1}));
    if (digit > 15) return false;
    value = 16 * value + static_cast<std::uint32_t>(digit);
  }
  return true;
}

// A byte string as Python 2 prints it: 'it\'s \xe4'.
std::string unescape_bytes(std::string_view text) {
  if (text.size() < 2 || text.front() != text.back()) return "";
  text = text.substr(1, text.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char letter = text[++i];
    std::uint32_t code = 0;
    if (letter == 'x' && read_hex(text.substr(i + 1), 2, code)) {
      out += static_cast<char>(code);
      i += 2;
    } else {
      out += letter == 'n' ? '\n' : letter == 't' ? '\t' : letter == 'r' ? '\r' : letter;
    }
  }
  return out;
}

// "raw-unicode-escape": Latin-1, and \uXXXX or \UXXXXXXXX for the rest.
std::string unescape_unicode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    const std::size_t digits = rest.starts_with("\\u") ? 4 : rest.starts_with("\\U") ? 8 : 0;
    std::uint32_t code = static_cast<unsigned char>(text[i]);
    if (digits > 0 && read_hex(rest.substr(2), digits, code)) i += digits + 1;
    append_utf8(out, code);
  }
  return out;
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = (value << 8) | static_cast<unsigned char>(bytes[i]);
  return value;
}

// Two's complement of any length up to 8 bytes.
double signed_number(std::string_view bytes) {
  if (bytes.empty()) return 0;
  const auto shift = static_cast<unsigned>(64 - 8 * bytes.size());
  return static_cast<double>(static_cast<std::int64_t>(little_endian(bytes) << shift) >> shift);
}

double big_endian_double(std::string_view bytes) {
  std::string reversed(bytes.rbegin(), bytes.rend());
  return std::bit_cast<double>(little_endian(reversed));
}

std::uint64_t decimal(std::string_view line) {
  const double value = parse_number(line).value_or(-1);
  // A key that does not exist for what is not a number.
  return value >= 0 && value < kMaxValues ? static_cast<std::uint64_t>(value) : kMaxValues;
}

}  // namespace

PickleScan::PickleScan(std::string_view bytes, Found found)
    : rest_(bytes), found_(std::move(found)), values_(4) {
  values_[kNone].kind = Kind::None;
  values_[kFalse].kind = values_[kTrue].kind = Kind::Boolean;
  values_[kTrue].number = 1;
}

const PickleValue* PickleScan::find(const PickleValue& dict, std::string_view key) const {
  if (dict.kind != Kind::Dict) return nullptr;
  for (std::size_t i = 0; i + 1 < dict.items.size(); i += 2) {
    if (value(dict.items[i]).kind == Kind::Text && value(dict.items[i]).text == key)
      return &value(dict.items[i + 1]);
  }
  return nullptr;
}

std::string_view PickleScan::take(std::uint64_t n) {
  if (n > rest_.size()) {
    stopped_ = true;
    return {};
  }
  const std::string_view taken = rest_.substr(0, n);
  rest_.remove_prefix(n);
  return taken;
}

std::string_view PickleScan::take_line() {
  const std::size_t end = rest_.find('\n');
  if (end == std::string_view::npos) {
    stopped_ = true;
    return {};
  }
  std::string_view line = take(end + 1);
  line.remove_suffix(1);
  return line;
}

void PickleScan::push(std::uint32_t index) { stack_.push_back(index); }

void PickleScan::push(PickleValue value) {
  if (values_.size() == kMaxValues) {
    stopped_ = true;
    return;
  }
  values_.push_back(std::move(value));
  push(static_cast<std::uint32_t>(values_.size() - 1));
}

void PickleScan::push_number(double number) {
  push({.kind = Kind::Number, .number = number, .text = {}, .items = {}});
}

void PickleScan::push_text(std::string text) {
  if (text.size() > kMaxTextBytes) return push(kOpaque);
  push({.kind = Kind::Text, .number = 0, .text = as_utf8(std::move(text)), .items = {}});
}

std::uint32_t PickleScan::pop() {
  if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) {
    stopped_ = true;
    return kOpaque;
  }
  const std::uint32_t top = stack_.back();
  stack_.pop_back();
  return top;
}

std::vector<std::uint32_t> PickleScan::pop_to_mark() {
  if (marks_.empty()) {
    stopped_ = true;
    return {};
  }
  const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<std::uint32_t> items(first, stack_.end());
  stack_.erase(first, stack_.end());
  marks_.pop_back();
  return items;
}

// To the container on top of the stack, if it is plain.
void PickleScan::add_items(std::vector<std::uint32_t> items, Kind kind) {
  const std::uint32_t container = pop();
  push(container);
  if (values_[container].kind != kind) return;
  auto& all = values_[container].items;
  all.insert(all.end(), items.begin(), items.end());
}

void PickleScan::remember(std::uint64_t key) {
  const std::uint32_t top = pop();
  push(top);
  if (key >= kMaxValues) {
    stopped_ = true;
    return;
  }
  if (key >= memo_.size()) memo_.resize(key + 1, kOpaque);
  memo_[key] = top;
}

void PickleScan::recall(std::uint64_t key) {
  if (key < memo_.size()) return push(memo_[key]);
  stopped_ = true;
}

// One line an opcode. Opcodes that need no more than their values taken off the stack and something
// put there in their place share a function.
struct PickleOpcodes {
  using Run = void (*)(PickleScan&, std::string_view);
  struct Entry {
    char code;
    Argument argument;
    Run run;
  };

  static void nothing(PickleScan&, std::string_view) {}
  static void opaque(PickleScan& scan, std::string_view) { scan.push(kOpaque); }
  static void text(PickleScan& scan, std::string_view bytes) { scan.push_text(std::string(bytes)); }
  static void quoted_text(PickleScan& scan, std::string_view line) {
    scan.push_text(unescape_bytes(line));
  }
  static void unicode_line(PickleScan& scan, std::string_view line) {
    scan.push_text(unescape_unicode(line));
  }
  static void number_line(PickleScan& scan, std::string_view line) {
    if (line == "00" || line == "01") return scan.push(line == "01" ? kTrue : kFalse);
    if (line.ends_with('L')) line.remove_suffix(1);
    const auto value = parse_number(line);
    value ? scan.push_number(*value) : scan.push(kOpaque);
  }
  static void unsigned_number(PickleScan& scan, std::string_view bytes) {
    scan.push_number(static_cast<double>(little_endian(bytes)));
  }
  static void signed_int(PickleScan& scan, std::string_view bytes) {
    bytes.size() > 8 ? scan.push(kOpaque) : scan.push_number(signed_number(bytes));
  }
  static void float8(PickleScan& scan, std::string_view bytes) {
    scan.push_number(big_endian_double(bytes));
  }
  template <Kind kind>
  static void empty(PickleScan& scan, std::string_view) {
    scan.push({.kind = kind, .number = 0, .text = {}, .items = {}});
  }
  template <Kind kind>
  static void from_mark(PickleScan& scan, std::string_view) {
    scan.push({.kind = kind, .number = 0, .text = {}, .items = scan.pop_to_mark()});
  }
  template <std::size_t n>
  static void tuple(PickleScan& scan, std::string_view) {
    std::vector<std::uint32_t> items(n);
    for (std::size_t i = n; i-- > 0;) items[i] = scan.pop();
    scan.push({.kind = Kind::List, .number = 0, .text = {}, .items = std::move(items)});
  }
  template <Kind kind, std::size_t n>
  static void add(PickleScan& scan, std::string_view) {
    std::vector<std::uint32_t> items(n);
    for (std::size_t i = n; i-- > 0;) items[i] = scan.pop();
    scan.add_items(std::move(items), kind);
  }
  template <Kind kind>
  static void add_marked(PickleScan& scan, std::string_view) {
    scan.add_items(scan.pop_to_mark(), kind);
  }
  // What would be an import, a call or a new object: its `n` operands go, an unknown value comes.
  template <std::size_t n>
  static void call(PickleScan& scan, std::string_view) {
    for (std::size_t i = 0; i < n; ++i) scan.pop();
    scan.push(kOpaque);
  }
  static void call_marked(PickleScan& scan, std::string_view) {
    scan.pop_to_mark();
    scan.push(kOpaque);
  }
  static void build(PickleScan& scan, std::string_view) {
    const PickleValue& state = scan.value(scan.pop());
    if (!scan.stopped_ && scan.found_(scan, state)) scan.stopped_ = true;
  }
  static void mark(PickleScan& scan, std::string_view) {
    scan.marks_.push_back(scan.stack_.size());
  }
  static void duplicate(PickleScan& scan, std::string_view) {
    const std::uint32_t top = scan.pop();
    scan.push(top);
    scan.push(top);
  }
  // Takes an open mark away where there is nothing above it, as Python does.
  static void pop_one(PickleScan& scan, std::string_view) {
    if (!scan.marks_.empty() && scan.marks_.back() == scan.stack_.size())
      scan.marks_.pop_back();
    else
      scan.pop();
  }
  static void stop(PickleScan& scan, std::string_view) { scan.stopped_ = true; }

  static std::string_view read_argument(PickleScan& scan, Argument argument);
  static const std::array<Entry, 68>& all();
};

// A list, one line an opcode: the limit on the length of functions is not for it.
// NOLINTNEXTLINE(readability-function-size)
const std::array<PickleOpcodes::Entry, 68>& PickleOpcodes::all() {
  using A = Argument;
  constexpr Kind kList = Kind::List;
  constexpr Kind kDict = Kind::Dict;
  static const std::array<Entry, 68> table = {{
      {'I', A::Line, number_line},
      {'J', A::Fixed4, signed_int},
      {'K', A::Fixed1, unsigned_number},
      {'M', A::Fixed2, unsigned_number},
      {'L', A::Line, number_line},
      {'\x8a', A::Counted1, signed_int},
      {'\x8b', A::Counted4, signed_int},
      {'F', A::Line, number_line},
      {'G', A::Fixed8, float8},
      {'S', A::Line, quoted_text},
      {'T', A::Counted4, text},
      {'U', A::Counted1, text},
      {'B', A::Counted4, text},
      {'C', A::Counted1, text},
      {'\x8e', A::Counted8, text},
      {'\x96', A::Counted8, opaque},
      {'\x97', A::None, opaque},
      {'\x98', A::None, nothing},
      {'V', A::Line, unicode_line},
      {'\x8c', A::Counted1, text},
      {'X', A::Counted4, text},
      {'\x8d', A::Counted8, text},
      {'N', A::None, [](PickleScan& scan, std::string_view) { scan.push(kNone); }},
      {'\x88', A::None, [](PickleScan& scan, std::string_view) { scan.push(kTrue); }},
      {'\x89', A::None, [](PickleScan& scan, std::string_view) { scan.push(kFalse); }},
      {']', A::None, empty<kList>},
      {')', A::None, empty<kList>},
      {'}', A::None, empty<kDict>},
      {'\x8f', A::None, opaque},
      {'l', A::None, from_mark<kList>},
      {'t', A::None, from_mark<kList>},
      {'d', A::None, from_mark<kDict>},
      {'\x91', A::None, call_marked},
      {'\x85', A::None, tuple<1>},
      {'\x86', A::None, tuple<2>},
      {'\x87', A::None, tuple<3>},
      {'a', A::None, add<kList, 1>},
      {'s', A::None, add<kDict, 2>},
      {'e', A::None, add_marked<kList>},
      {'u', A::None, add_marked<kDict>},
      {'\x90', A::None, add_marked<Kind::Opaque>},
      {'0', A::None, pop_one},
      {'1', A::None, [](PickleScan& scan, std::string_view) { scan.pop_to_mark(); }},
      {'2', A::None, duplicate},
      {'(', A::None, mark},
      {'g', A::Line, [](PickleScan& scan, std::string_view key) { scan.recall(decimal(key)); }},
      {'h', A::Fixed1,
       [](PickleScan& scan, std::string_view key) { scan.recall(little_endian(key)); }},
      {'j', A::Fixed4,
       [](PickleScan& scan, std::string_view key) { scan.recall(little_endian(key)); }},
      {'p', A::Line, [](PickleScan& scan, std::string_view key) { scan.remember(decimal(key)); }},
      {'q', A::Fixed1,
       [](PickleScan& scan, std::string_view key) { scan.remember(little_endian(key)); }},
      {'r', A::Fixed4,
       [](PickleScan& scan, std::string_view key) { scan.remember(little_endian(key)); }},
      {'\x94', A::None,
       [](PickleScan& scan, std::string_view) { scan.remember(scan.memo_.size()); }},
      {'\x82', A::Fixed1, opaque},
      {'\x83', A::Fixed2, opaque},
      {'\x84', A::Fixed4, opaque},
      {'c', A::Lines2, opaque},
      {'\x93', A::None, call<2>},
      {'R', A::None, call<2>},
      {'\x81', A::None, call<2>},
      {'\x92', A::None, call<3>},
      {'o', A::None, call_marked},
      {'i', A::Lines2, call_marked},
      {'b', A::None, build},
      {'P', A::Line, opaque},
      {'Q', A::None, call<1>},
      {'\x80', A::Fixed1, nothing},
      {'\x95', A::Fixed8, nothing},
      {'.', A::None, stop},
  }};
  return table;
}

std::string_view PickleOpcodes::read_argument(PickleScan& scan, Argument argument) {
  switch (argument) {
    case Argument::None:
      return {};
    case Argument::Fixed1:
      return scan.take(1);
    case Argument::Fixed2:
      return scan.take(2);
    case Argument::Fixed4:
      return scan.take(4);
    case Argument::Fixed8:
      return scan.take(8);
    case Argument::Counted1:
      return scan.take(little_endian(scan.take(1)));
    case Argument::Counted4:
      return scan.take(little_endian(scan.take(4)));
    case Argument::Counted8:
      return scan.take(little_endian(scan.take(8)));
    case Argument::Lines2:
      scan.take_line();
      return scan.take_line();
    case Argument::Line:
      return scan.take_line();
  }
  return {};
}

void PickleScan::run() {
  std::array<const PickleOpcodes::Entry*, 256> by_code = {};
  for (const auto& entry : PickleOpcodes::all())
    by_code[static_cast<unsigned char>(entry.code)] = &entry;
  for (std::size_t n = 0; n < kMaxOpcodes && !stopped_ && !rest_.empty(); ++n) {
    const auto* entry = by_code[static_cast<unsigned char>(take(1)[0])];
    if (entry == nullptr) return;
    const std::string_view argument = PickleOpcodes::read_argument(*this, entry->argument);
    if (!stopped_) entry->run(*this, argument);
  }
}

}  // namespace resml
