#include "resml/data/csv_rows.hpp"

#include <algorithm>
#include <cstring>

namespace resml {
namespace {

// So that a quote that is never closed does not take the memory of the whole file.
constexpr std::size_t kMaxRowBytes = std::size_t{1} << 24;

// The window moves its rest to the front once in so many chunks.
constexpr std::size_t kChunksInWindow = 4;

}  // namespace

CsvRows::CsvRows(std::unique_ptr<ByteSource> source, std::size_t chunk_bytes, ScanPath path)
    : source_(std::move(source)),
      name_(source_->name()),
      progress_name_("reading " + name_),
      chunk_bytes_(chunk_bytes),
      scanner_(path),
      window_(kChunksInWindow * chunk_bytes + kReadable) {
  skip_byte_order_mark();
}

CsvRowRun CsvRows::header() {
  if (!find_row({})) return {};
  const CellBorders::RowEnd end = borders_.row_ends[next_row_];
  const std::size_t first = row_begin(next_row_++);
  return {borders_.starts.data() + first, 1, end.n_cells};
}

std::vector<std::size_t> CsvRows::keep_columns(std::span<const std::size_t> columns,
                                               std::size_t n_columns) {
  n_columns_ = n_columns;
  // A header without a line feed ends one byte behind the window's last.
  const auto begin = static_cast<std::uint32_t>(std::min<std::size_t>(row_start(), end_));
  scanner_.restart(columns, n_columns, line_of(begin) - 1);
  // What is in the window behind the header was scanned for all columns.
  borders_ = {.starts = {begin}};
  next_row_ = 0;
  scanned_ = begin;
  scan();
  std::vector<std::size_t> places;
  for (const std::size_t column : columns) places.push_back(scanner_.n_kept_before(column));
  return places;
}

// False at the end of the file.
bool CsvRows::find_row(const FitContext& context) {
  while (true) {
    while (next_row_ < borders_.row_ends.size() && is_blank(next_row_)) ++next_row_;
    if (next_row_ < borders_.row_ends.size()) break;
    if (fault_ != Fault::None) throw_fault();
    if (at_end_) return false;
    fill(context);
  }
  require_short_row(borders_.starts[borders_.row_ends[next_row_].next] - 1);
  return true;
}

CsvRowRun CsvRows::next(std::size_t max_rows, const FitContext& context) {
  if (!find_row(context)) return {};
  const std::size_t n_cells = borders_.row_ends[next_row_].n_cells;
  if (n_cells != n_columns_) {
    fail_at(row_start(), "expected ", n_columns_, n_columns_ == 1 ? " cell" : " cells", ", got ",
            n_cells);
  }
  const std::size_t first = row_begin(next_row_);
  const std::size_t n_starts = row_begin(next_row_ + 1) - first;
  std::size_t n_rows = 1;
  while (n_rows < max_rows && fits(next_row_ + n_rows)) ++n_rows;
  next_row_ += n_rows;
  return {borders_.starts.data() + first, n_rows, n_starts};
}

// Index of its first start.
std::size_t CsvRows::row_begin(std::size_t row) const {
  return row == 0 ? 0 : borders_.row_ends[row - 1].next;
}

// One cell of blanks and tabs: pandas skips such lines, too.
bool CsvRows::is_blank(std::size_t row) const {
  const CellBorders::RowEnd row_end = borders_.row_ends[row];
  if (row_end.n_cells != 1) return false;
  const char* begin = window_.data() + borders_.starts[row_begin(row)];
  const char* end = window_.data() + borders_.starts[row_end.next] - 1;
  if (begin < end && end[-1] == '\r') --end;
  return std::all_of(begin, end, [](char c) { return c == ' ' || c == '\t'; });
}

// Whether the row is there and can follow in a run; if not, next() says why.
bool CsvRows::fits(std::size_t row) const {
  if (row >= borders_.row_ends.size()) return false;
  const CellBorders::RowEnd end = borders_.row_ends[row];
  return end.n_cells == n_columns_ &&
         borders_.starts[end.next] - 1 - borders_.starts[row_begin(row)] <= kMaxRowBytes &&
         (n_columns_ > 1 || !is_blank(row));
}

void CsvRows::require_short_row(std::size_t end) const {
  if (end - row_start() <= kMaxRowBytes) return;
  fail_at(row_start(), "row longer than ", kMaxRowBytes >> 20, " MiB; is a quote never closed?");
}

std::uint64_t CsvRows::line_of(std::size_t offset) const {
  const char* text = window_.data();
  const auto after = static_cast<std::uint64_t>(std::count(text + offset, text + scanned_, '\n'));
  return 1 + scanner_.line_feeds() - after;
}

void CsvRows::throw_fault() const {
  require_short_row(scanned_);
  if (fault_ == Fault::Nul) fail_at(scanned_, "NUL byte; is this a text file?");
  if (fault_ == Fault::OpenQuote) {
    fail_at(last_cell_start(), "quote is never closed");
  }
  // The rest of a longer character may lie beyond the window.
  const std::string_view byte(window_.data() + scanned_, 1);
  fail_at(scanned_, "expected a comma or the end of the line after a closing quote, got ",
          static_cast<unsigned char>(byte[0]) < 0x80 ? quoted(byte) : "a letter beyond ASCII");
}

void CsvRows::fill(const FitContext& context) {
  throw_if_stopped(context);
  context.report({.what = progress_name_, .done = n_read_, .total = source_->total_bytes()});
  require_short_row(end_);
  make_room();
  if (context.threads > 1) sha_.start();
  sha_.wait_for({window_.data() + end_, chunk_bytes_});
  const std::size_t n = source_->read(window_.data() + end_, chunk_bytes_);
  at_end_ = n == 0;
  if (at_end_) {
    end_last_row();
  } else {
    accept(n);
  }
}

// The next n bytes of the window are there.
void CsvRows::accept(std::size_t n) {
  sha_.update({window_.data() + end_, n});
  n_read_ += n;
  end_ += n;
  scan();
}

// What is new in the window, up to the first thing that is wrong.
void CsvRows::scan() {
  const std::string_view fresh(window_.data() + scanned_, end_ - scanned_);
  const std::size_t end = scanned_ + std::min(fresh.find('\0'), fresh.size());
  const std::size_t stopped = scanner_.scan(window_.data(), scanned_, end, borders_);
  scanned_ = std::min(stopped, end);
  fault_ = stopped != CsvScanner::kNoFault ? Fault::AfterQuote
           : end < end_                    ? Fault::Nul
                                           : Fault::None;
}

// For one more chunk behind end_, by dropping the rows that are done.
void CsvRows::make_room() {
  if (window_.size() - end_ >= chunk_bytes_ + kReadable) return;
  const std::size_t first = row_begin(next_row_);
  const std::uint32_t shift = borders_.starts[first];
  sha_.wait_for({window_.data(), end_ - shift});
  std::memmove(window_.data(), window_.data() + shift, end_ - shift);
  end_ -= shift;
  scanned_ -= shift;
  const auto kept = borders_.starts.begin() + static_cast<std::ptrdiff_t>(first);
  const auto all = borders_.starts.begin() + static_cast<std::ptrdiff_t>(borders_.n_starts);
  std::transform(kept, all, borders_.starts.begin(), [&](auto start) { return start - shift; });
  borders_.n_starts -= first;
  borders_.row_ends.clear();
  next_row_ = 0;
  if (window_.size() - end_ < chunk_bytes_ + kReadable) {
    sha_.wait_for_all();
    window_.resize(2 * window_.size());
  }
}

void CsvRows::skip_byte_order_mark() {
  std::size_t n = 0;
  std::size_t n_fresh = 0;
  while (n < 3 && (n_fresh = source_->read(window_.data() + n, 3 - n)) > 0) n += n_fresh;
  if (std::string_view(window_.data(), n) == "\xef\xbb\xbf") {
    scanned_ = n;
    borders_.starts[0] = static_cast<std::uint32_t>(n);
  }
  accept(n);
}

void CsvRows::end_last_row() {
  if (scanner_.in_quotes()) {
    fault_ = Fault::OpenQuote;
  } else if (row_start() < end_) {
    scanner_.end_row(end_, borders_);
  }
}

// borders_ has only the kept ones.
std::size_t CsvRows::last_cell_start() const {
  CellBorders row{.starts = {row_start()}};
  CsvScanner().scan(window_.data(), row.starts[0], end_, row);
  return row.starts[row.n_starts - 1];
}

}  // namespace resml
