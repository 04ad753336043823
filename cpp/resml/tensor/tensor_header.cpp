#include "resml/tensor/tensor_header.hpp"

#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"
#include "resml/base/utf8.hpp"

namespace resml {
namespace {

constexpr std::string_view kShortEscapes = "\"\"\\\\\bb\ff\nn\rr\tt";  // character, letter

bool needs_escape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

char short_escape(char c) {
  for (std::size_t i = 0; i < kShortEscapes.size(); i += 2) {
    if (kShortEscapes[i] == c) return kShortEscapes[i + 1];
  }
  return 0;
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (!needs_escape(c)) {
      out += c;
    } else if (const char letter = short_escape(c); letter != 0) {
      out += '\\';
      out += letter;
    } else {
      out += "\\u00";
      out += kHexDigits[static_cast<unsigned char>(c) >> 4];
      out += kHexDigits[c & 15];
    }
  }
  out += '"';
}

void append_array(std::string& out, const ArrayEntry& array) {
  append_string(out, array.name);
  out += concat(":{\"data_offsets\":[", array.begin, ',', array.end, "],\"dtype\":\"",
                kElementTypes[array.type].code, "\",\"shape\":[");
  for (std::size_t i = 0; i < array.shape.size(); ++i) {
    if (i > 0) out += ',';
    out += std::to_string(array.shape[i]);
  }
  out += "]}";
}

// Reads the one spelling that write_header() has.
class HeaderReader {
 public:
  HeaderReader(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  void expect(std::string_view expected);
  std::string read_string();
  std::uint64_t read_number();
  std::string_view skip(std::size_t n);
  void expect_end();

 private:
  char read_escape();
  std::string got() const;
  [[noreturn]] void fail(std::string_view expected) const;

  std::string_view text_;
  std::string_view name_;
  std::size_t at_ = 0;
};

void HeaderReader::fail(std::string_view expected) const {
  throw ModelFileError(name_, ": header is damaged at byte ", kLengthBytes + at_, ": expected ",
                       expected, ", got ", got());
}

std::string HeaderReader::got() const {
  if (at_ == text_.size()) return "its end";
  std::size_t end = at_ + 1;
  while (end < text_.size() && is_continuation_byte(text_[end])) ++end;
  return quoted(text_.substr(at_, end - at_));
}

void HeaderReader::expect(std::string_view expected) {
  for (const char c : expected) {
    if (!next_is(c)) fail(quoted(std::string_view(&c, 1)));
    ++at_;
  }
}

std::string_view HeaderReader::skip(std::size_t n) {
  if (text_.size() - at_ < n) {
    at_ = text_.size();
    fail(concat(n, " characters"));
  }
  at_ += n;
  return text_.substr(at_ - n, n);
}

std::string HeaderReader::read_string() {
  expect("\"");
  std::string out;
  while (true) {
    const std::size_t start = at_;
    while (at_ < text_.size() && !needs_escape(text_[at_])) ++at_;
    out += text_.substr(start, at_ - start);
    if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\\')) fail("a text");
    if (text_[at_++] == '"') return out;
    out += read_escape();
  }
}

// What stands after a backslash. A character that has a shorter form is refused.
char HeaderReader::read_escape() {
  for (std::size_t i = 0; i < kShortEscapes.size(); i += 2) {
    if (next_is(kShortEscapes[i + 1])) {
      ++at_;
      return kShortEscapes[i];
    }
  }
  expect("u00");
  const std::size_t high = at_ < text_.size() ? kHexDigits.substr(0, 2).find(text_[at_]) : 2;
  const std::size_t low = at_ + 1 < text_.size() ? kHexDigits.find(text_[at_ + 1]) : 16;
  const char c = high < 2 && low < 16 ? static_cast<char>(16 * high + low) : '"';
  if (short_escape(c) != 0) fail("the number of a control character");
  at_ += 2;
  return c;
}

std::uint64_t HeaderReader::read_number() {
  std::uint64_t value = 0;
  const char* begin = text_.data() + at_;
  const auto [end, code] = std::from_chars(begin, text_.data() + text_.size(), value);
  if (code != std::errc{} || (*begin == '0' && end != begin + 1)) fail("a number");
  at_ += static_cast<std::size_t>(end - begin);
  return value;
}

void HeaderReader::expect_end() {
  for (std::size_t blanks = 0; blanks < kLengthBytes && next_is(' '); ++blanks) ++at_;
  if (at_ != text_.size() || text_[at_ - kLengthBytes] == ' ') fail("its end");
}

std::size_t read_type(HeaderReader& reader, const std::string& place) {
  const std::string code = reader.read_string();
  for (std::size_t type = 0; type < kElementTypes.size(); ++type) {
    if (kElementTypes[type].code == code) return type;
  }
  throw ModelFileError(place, ": unknown type ", quoted(code));
}

std::vector<std::size_t> read_shape(HeaderReader& reader) {
  std::vector<std::size_t> shape;
  do {
    reader.expect(shape.empty() ? "[" : ",");
    shape.push_back(reader.read_number());
  } while (!reader.next_is(']'));
  reader.expect("]");
  return shape;
}

ArrayEntry read_array(HeaderReader& reader, std::string_view name) {
  ArrayEntry array;
  array.name = reader.read_string();
  reader.expect(":{\"data_offsets\":[");
  array.begin = reader.read_number();
  reader.expect(",");
  array.end = reader.read_number();
  reader.expect("],\"dtype\":");
  array.type = read_type(reader, concat(name, ": array ", quoted(array.name)));
  reader.expect(",\"shape\":");
  array.shape = read_shape(reader);
  reader.expect("}");
  return array;
}

bool in_order(const ArrayEntry& earlier, const ArrayEntry& later) {
  const std::size_t bytes = kElementTypes[earlier.type].bytes;
  const std::size_t later_bytes = kElementTypes[later.type].bytes;
  return bytes > later_bytes || (bytes == later_bytes && earlier.name < later.name);
}

// Bytes that the shape needs; nothing if that is more than there are.
std::optional<std::uint64_t> bytes_of_shape(const ArrayEntry& array, std::uint64_t n_array_bytes) {
  std::uint64_t bytes = kElementTypes[array.type].bytes;
  for (const std::uint64_t length : array.shape) {
    if (length != 0 && bytes > n_array_bytes / length) return std::nullopt;
    bytes *= length;
  }
  return bytes;
}

void check_place(const ArrayEntry& array, std::uint64_t expected_begin, std::uint64_t n_array_bytes,
                 const std::string& place) {
  if (array.begin != expected_begin)
    throw ModelFileError(place, ": starts at byte ", array.begin, ", expected ", expected_begin);
  if (array.end < array.begin)
    throw ModelFileError(place, ": ends at byte ", array.end, ", before its start at ",
                         array.begin);
  if (array.end > n_array_bytes)
    throw ModelFileError(place, ": ends at byte ", array.end, ", the file has ", n_array_bytes,
                         " bytes of arrays");
  const auto needed = bytes_of_shape(array, n_array_bytes);
  if (!needed) throw ModelFileError(place, ": its shape is larger than the file");
  if (*needed != array.end - array.begin)
    throw ModelFileError(place, ": its shape needs ", *needed, " bytes, got ",
                         array.end - array.begin);
}

void check_arrays(const std::vector<ArrayEntry>& arrays, std::uint64_t n_array_bytes,
                  std::string_view name) {
  std::set<std::string_view> seen = {kMetadataName};
  std::uint64_t end = 0;
  for (const ArrayEntry& array : arrays) {
    const std::string place = concat(name, ": array ", quoted(array.name));
    if (!seen.insert(array.name).second) throw ModelFileError(place, ": appears twice");
    if (&array != arrays.data() && !in_order((&array)[-1], array))
      throw ModelFileError(place, ": stands in the wrong order, after ", quoted((&array)[-1].name));
    check_place(array, end, n_array_bytes, place);
    end = array.end;
  }
  if (end != n_array_bytes)
    throw ModelFileError(name, ": arrays end at byte ", end, ", the file has ", n_array_bytes);
}

// The strings behind the checksum, in the order of their names.
void read_strings(HeaderReader& reader, TensorHeader& header, std::string_view name) {
  while (reader.next_is(',')) {
    reader.expect(",");
    std::string key = reader.read_string();
    const std::string place = concat(name, ": string ", quoted(key));
    if (key == kChecksumName || header.strings.contains(key))
      throw ModelFileError(place, ": appears twice");
    if (!header.strings.empty() && key < header.strings.rbegin()->first)
      throw ModelFileError(place, ": stands in the wrong order, after ",
                           quoted(header.strings.rbegin()->first));
    reader.expect(":");
    header.strings.emplace_hint(header.strings.end(), std::move(key), reader.read_string());
  }
}

}  // namespace

std::string write_header(const TensorHeader& header) {
  std::string out(kHeaderStart);
  out.append(kChecksumDigits, '0');
  out += '"';
  for (const auto& [key, value] : header.strings) {
    out += ',';
    append_string(out, key);
    out += ':';
    append_string(out, value);
  }
  out += '}';
  for (const ArrayEntry& array : header.arrays) {
    out += ',';
    append_array(out, array);
  }
  out += '}';
  out.resize((out.size() + kLengthBytes - 1) / kLengthBytes * kLengthBytes, ' ');
  return out;
}

TensorHeader parse_header(std::string_view text, std::uint64_t n_array_bytes,
                          std::string_view name) {
  if (const std::size_t at = find_invalid_utf8(text); at != std::string_view::npos)
    throw ModelFileError(name, ": header is damaged at byte ", kLengthBytes + at,
                         ": expected UTF-8, got byte ", +static_cast<unsigned char>(text[at]));
  HeaderReader reader(text, name);
  reader.expect(kHeaderStart);
  reader.skip(kChecksumDigits);
  reader.expect("\"");
  TensorHeader header;
  read_strings(reader, header, name);
  reader.expect("}");
  while (reader.next_is(',')) {
    reader.expect(",");
    header.arrays.push_back(read_array(reader, name));
  }
  reader.expect("}");
  reader.expect_end();
  check_arrays(header.arrays, n_array_bytes, name);
  return header;
}

}  // namespace resml
