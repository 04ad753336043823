#include "resml/data/csv_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "resml/base/error.hpp"
#include "resml/base/utf8.hpp"
#include "resml/data/column_builder.hpp"
#include "resml/data/sha256.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace resml {
namespace {

constexpr std::size_t kMaxRowBytes = std::size_t{1} << 26;
constexpr std::size_t kNotKept = static_cast<std::size_t>(-1);

// The first comma or line feed in [begin, end), or end.
const char* find_cell_end(const char* begin, const char* end) {
#if defined(__SSE2__)
  const __m128i comma = _mm_set1_epi8(',');
  const __m128i line_feed = _mm_set1_epi8('\n');
  for (; end - begin >= 16; begin += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(begin));
    const __m128i hit =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, comma), _mm_cmpeq_epi8(bytes, line_feed));
    const int mask = _mm_movemask_epi8(hit);
    if (mask != 0) return begin + __builtin_ctz(static_cast<unsigned>(mask));
  }
#endif
  while (begin < end && *begin != ',' && *begin != '\n') ++begin;
  return begin;
}

std::uint64_t count_line_feeds(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

struct CsvReader::State {
  State(std::unique_ptr<ByteSource> bytes, std::size_t chunk)
      : source(std::move(bytes)), name(source->name()), chunk_bytes(chunk) {}

  // A row of the file: its cells as they lie in the buffer or, unescaped, in `unescaped`.
  enum class RowEnd { Complete, NeedsMore, EndOfFile };

  template <class... Parts>
  [[noreturn]] void fail(std::uint64_t at_line, const Parts&... parts) const {
    throw InputError(name, ":", at_line, ": ", parts...);
  }

  void refill();
  bool next_row(const FitContext& context);
  RowEnd parse_row();
  bool parse_cell(const char*& place, std::size_t column, RowEnd& row_end);
  bool parse_quoted(const char*& place, bool kept, std::string_view& cell, RowEnd& row_end);
  void keep(std::size_t column, std::string_view cell);
  void read_header(const CsvColumns& columns);

  std::unique_ptr<ByteSource> source;
  std::string name;
  std::size_t chunk_bytes;
  Sha256 sha;

  std::vector<char> buffer;
  std::size_t begin = 0;  // of the next row
  std::size_t end = 0;
  bool at_end = false;
  std::size_t bytes_read = 0;
  std::uint64_t line = 1;      // of the next row's first byte
  std::uint64_t row_line = 1;  // of the row just parsed

  std::vector<std::string> header;
  std::vector<std::size_t> kept_as;  // per column of the file: place among the kept ones
  std::size_t n_columns = 0;         // cells of the row just parsed
  std::vector<std::string_view> cells;
  std::vector<std::string> unescaped;  // one per kept column
  std::vector<std::string> kept_names;
};

// Moves what is left of the current row to the front and reads on behind it.
void CsvReader::State::refill() {
  if (end > begin) std::memmove(buffer.data(), buffer.data() + begin, end - begin);
  end -= begin;
  begin = 0;
  if (end > kMaxRowBytes) {
    fail(line, "row longer than ", kMaxRowBytes >> 20, " MiB; is a quote never closed?");
  }
  if (buffer.size() - end < chunk_bytes) buffer.resize(std::max(end + chunk_bytes, 2 * end));
  const std::size_t n = source->read(buffer.data() + end, chunk_bytes);
  at_end = n == 0;
  const std::string_view fresh(buffer.data() + end, n);
  sha.update(fresh);
  bytes_read += n;
  const std::size_t nul = fresh.find('\0');
  if (nul != std::string_view::npos) {
    fail(line + count_line_feeds({buffer.data(), end + nul}), "NUL byte; is this a text file?");
  }
  end += n;
}

void CsvReader::State::keep(std::size_t column, std::string_view cell) {
  cells[kept_as[column]] = cell;
}

// From behind the opening quote; `place` ends behind the closing one.
bool CsvReader::State::parse_quoted(const char*& place, bool kept, std::string_view& cell,
                                    RowEnd& row_end) {
  const char* const limit = buffer.data() + end;
  const char* const text = place;
  bool has_doubled = false;
  while (true) {
    const auto* quote =
        static_cast<const char*>(std::memchr(place, '"', static_cast<std::size_t>(limit - place)));
    // A quote at the very end of the buffer may be half of a doubled one.
    if (quote == nullptr || (quote + 1 == limit && !at_end)) {
      if (at_end) {
        const char* row = buffer.data() + begin;
        fail(line + count_line_feeds({row, static_cast<std::size_t>(text - row)}),
             "quote is never closed");
      }
      row_end = RowEnd::NeedsMore;
      return false;
    }
    place = quote + 1;
    if (place < limit && *place == '"') {
      has_doubled = true;
      ++place;
      continue;
    }
    cell = {text, static_cast<std::size_t>(quote - text)};
    break;
  }
  if (has_doubled && kept) {
    std::string& plain = unescaped.emplace_back();
    for (std::size_t i = 0; i < cell.size(); ++i) {
      plain += cell[i];
      if (cell[i] == '"') ++i;
    }
    cell = plain;
  }
  return true;
}

// One cell from `place`, which ends behind its separator. False where the row ends with it or
// cannot be read to its end yet.
bool CsvReader::State::parse_cell(const char*& place, std::size_t column, RowEnd& row_end) {
  const char* const limit = buffer.data() + end;
  while (place < limit && *place == ' ') ++place;
  const bool kept = column < kept_as.size() && kept_as[column] != kNotKept;
  std::string_view cell;
  if (place < limit && *place == '"') {
    ++place;
    if (!parse_quoted(place, kept, cell, row_end)) return false;
    if (place + 1 < limit && place[0] == '\r' && place[1] == '\n') ++place;
    if (place == limit || (*place == '\r' && place + 1 == limit)) {
      row_end = at_end ? RowEnd::Complete : RowEnd::NeedsMore;
      place = limit;
      if (at_end && kept) keep(column, cell);
      return false;
    }
    if (*place != ',' && *place != '\n') {
      const char* row = buffer.data() + begin;
      fail(line + count_line_feeds({row, static_cast<std::size_t>(place - row)}),
           "expected a comma or the end of the line after a closing quote, got ",
           quoted(std::string_view(place, 1)));
    }
  } else {
    const char* const text = place;
    place = find_cell_end(place, limit);
    if (place == limit && !at_end) {
      row_end = RowEnd::NeedsMore;
      return false;
    }
    cell = {text, static_cast<std::size_t>(place - text)};
    if ((place == limit || *place == '\n') && cell.ends_with('\r')) cell.remove_suffix(1);
  }
  if (kept) keep(column, cell);
  if (place < limit && *place == ',') {
    ++place;
    return true;
  }
  if (place < limit) ++place;  // the line feed
  row_end = RowEnd::Complete;
  return false;
}

CsvReader::State::RowEnd CsvReader::State::parse_row() {
  if (begin == end) return at_end ? RowEnd::EndOfFile : RowEnd::NeedsMore;
  unescaped.clear();
  n_columns = 0;
  const char* place = buffer.data() + begin;
  RowEnd row_end = RowEnd::Complete;
  while (parse_cell(place, n_columns, row_end)) ++n_columns;
  if (row_end == RowEnd::NeedsMore) return row_end;
  ++n_columns;
  const std::string_view row(buffer.data() + begin,
                             static_cast<std::size_t>(place - buffer.data()) - begin);
  row_line = line;
  line += count_line_feeds(row);
  begin += row.size();
  return RowEnd::Complete;
}

// The next row that is not blank; false at the end of the file.
bool CsvReader::State::next_row(const FitContext& context) {
  while (true) {
    const std::size_t row_begin = begin;
    const RowEnd row_end = parse_row();
    if (row_end == RowEnd::EndOfFile) return false;
    if (row_end == RowEnd::NeedsMore) {
      throw_if_stopped(context);
      context.report({.what = name, .done = bytes_read, .total = source->total_bytes()});
      refill();
      continue;
    }
    const std::string_view row(buffer.data() + row_begin, begin - row_begin);
    if (n_columns > 1 || !trimmed(row).empty()) return true;
  }
}

void CsvReader::State::read_header(const CsvColumns& columns) {
  // Until the header is known every cell is kept; a file cannot have more columns than bytes.
  const FitContext quiet;
  const auto keep_all = [&](std::size_t n) {
    kept_as.resize(n);
    for (std::size_t i = 0; i < n; ++i) kept_as[i] = i;
    cells.assign(n, {});
    unescaped.reserve(n);
  };
  while (end < 3 && !at_end) refill();
  if (std::string_view(buffer.data(), end).starts_with("\xef\xbb\xbf")) begin = 3;
  keep_all(1 << 16);
  if (!next_row(quiet)) throw InputError(name, ": empty; expected a header line with field names");
  if (n_columns > kept_as.size()) fail(row_line, "more than ", kept_as.size(), " columns");
  header.assign(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(n_columns));
  for (const std::string& field : header) {
    if (find_invalid_utf8(field) != std::string_view::npos)
      fail(row_line, "the header is not UTF-8 text");
  }
  kept_as.assign(n_columns, kNotKept);
  std::vector<std::string> missing;
  const auto want = [&](const std::string& field, bool needed) {
    const auto found = std::find(header.begin(), header.end(), field);
    if (found == header.end()) {
      if (needed) missing.push_back(quoted(field) + did_you_mean(field, header));
      return;
    }
    if (std::find(found + 1, header.end(), field) != header.end()) {
      throw InputError(name, ": column ", quoted(field), " stands twice in the header");
    }
    std::size_t& place = kept_as[static_cast<std::size_t>(found - header.begin())];
    if (place != kNotKept) return;
    place = kept_names.size();
    kept_names.push_back(field);
  };
  for (const std::string& field : columns.wanted.empty() ? header : columns.wanted) {
    want(field, true);
  }
  for (const std::string& field : columns.if_present) want(field, false);
  if (!missing.empty()) {
    throw InputError(name, ": no column ", join(missing, ", nor "));
  }
  cells.assign(kept_names.size(), {});
  unescaped.reserve(std::max(unescaped.capacity(), kept_names.size()));
}

CsvReader::CsvReader(std::unique_ptr<ByteSource> source, const CsvColumns& columns,
                     std::size_t chunk_bytes)
    : state_(std::make_unique<State>(std::move(source), chunk_bytes)) {
  state_->read_header(columns);
}
CsvReader::~CsvReader() = default;
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;

const std::vector<std::string>& CsvReader::header() const { return state_->header; }

std::string CsvReader::sha256() const { return state_->sha.hex_digest(); }

Table CsvReader::read(std::size_t max_rows, const FitContext& context) {
  State& state = *state_;
  std::vector<ColumnBuilder> builders;
  for (const std::string& field : state.kept_names) builders.emplace_back(field);
  Table table;
  while (table.n_rows < max_rows && state.next_row(context)) {
    if (state.n_columns != state.header.size()) {
      state.fail(state.row_line, "expected ", state.header.size(), " cells, got ", state.n_columns);
    }
    for (std::size_t i = 0; i < builders.size(); ++i) {
      if (!builders[i].append(state.cells[i])) continue;
      if (find_invalid_utf8(state.cells[i]) != std::string_view::npos) {
        state.fail(state.row_line, "column ", quoted(state.kept_names[i]), ": not UTF-8 text");
      }
    }
    ++table.n_rows;
  }
  for (ColumnBuilder& builder : builders) table.columns.push_back(std::move(builder).finish());
  return table;
}

}  // namespace resml
