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
      window_(kChunksInWindow * chunk_bytes) {
  skip_byte_order_mark();
}

CsvRowRun CsvRows::next(std::size_t max_rows, std::size_t n_cells, const FitContext& context) {
  while (true) {
    while (next_row_ < borders_.row_ends.size() && is_blank(next_row_)) ++next_row_;
    if (next_row_ < borders_.row_ends.size()) break;
    if (fault_ != Fault::None) throw_fault();
    if (at_end_) return {};
    fill(context);
  }
  const std::size_t first = row_begin(next_row_);
  const std::size_t n_found = borders_.row_ends[next_row_] - first;
  require_short_row(borders_.starts[borders_.row_ends[next_row_]] - 1);
  if (n_cells == 0) {
    n_cells = n_found;
    max_rows = 1;
  }
  if (n_found != n_cells) {
    fail_at(row_start(), "expected ", n_cells, n_cells == 1 ? " cell" : " cells", ", got ",
            n_found);
  }
  std::size_t n_rows = 1;
  while (n_rows < max_rows && fits(next_row_ + n_rows, n_cells)) ++n_rows;
  next_row_ += n_rows;
  return {borders_.starts.data() + first, n_rows, n_cells};
}

std::size_t CsvRows::row_begin(std::size_t row) const {
  return row == 0 ? 0 : borders_.row_ends[row - 1];
}

// One cell of blanks and tabs: pandas and spreadsheets skip such lines, too.
bool CsvRows::is_blank(std::size_t row) const {
  const std::size_t first = row_begin(row);
  if (borders_.row_ends[row] - first != 1) return false;
  const char* begin = window_.data() + borders_.starts[first];
  const char* end = window_.data() + borders_.starts[first + 1] - 1;
  if (begin < end && end[-1] == '\r') --end;
  return std::all_of(begin, end, [](char c) { return c == ' ' || c == '\t'; });
}

// Whether the row is there and can follow in a run; if not, next() says why.
bool CsvRows::fits(std::size_t row, std::size_t n_cells) const {
  if (row >= borders_.row_ends.size()) return false;
  const std::size_t first = row_begin(row);
  const std::size_t last = borders_.row_ends[row];
  return last - first == n_cells &&
         borders_.starts[last] - 1 - borders_.starts[first] <= kMaxRowBytes &&
         (n_cells > 1 || !is_blank(row));
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
    fail_at(borders_.starts[borders_.n_starts - 1], "quote is never closed");
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
  const std::string_view fresh(window_.data() + end_, n);
  sha_.update(fresh);
  n_read_ += n;
  end_ += n;
  const std::size_t nul = fresh.find('\0');
  const std::size_t scan_end = nul == std::string_view::npos ? end_ : end_ - n + nul;
  const std::size_t stopped = scanner_.scan(window_.data(), scanned_, scan_end, borders_);
  scanned_ = std::min(stopped, scan_end);
  if (stopped != CsvScanner::kNoFault) {
    fault_ = Fault::AfterQuote;
  } else if (scan_end < end_) {
    fault_ = Fault::Nul;
  }
}

// For one more chunk behind end_, by dropping the rows that are done.
void CsvRows::make_room() {
  if (window_.size() - end_ >= chunk_bytes_) return;
  sha_.wait();
  const std::size_t first = row_begin(next_row_);
  const std::uint32_t shift = borders_.starts[first];
  std::memmove(window_.data(), window_.data() + shift, end_ - shift);
  end_ -= shift;
  scanned_ -= shift;
  const auto kept = borders_.starts.begin() + static_cast<std::ptrdiff_t>(first);
  const auto all = borders_.starts.begin() + static_cast<std::ptrdiff_t>(borders_.n_starts);
  std::transform(kept, all, borders_.starts.begin(), [&](auto start) { return start - shift; });
  borders_.n_starts -= first;
  borders_.row_ends.clear();
  next_row_ = 0;
  if (window_.size() - end_ < chunk_bytes_) window_.resize(2 * window_.size());
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
    borders_.add(end_ + 1, true);
  }
}

}  // namespace resml
