#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "resml/base/error.hpp"
#include "resml/base/fit_context.hpp"
#include "resml/data/background_sha256.hpp"
#include "resml/data/byte_source.hpp"
#include "resml/data/csv_scanner.hpp"

namespace resml {

// Rows that follow each other and have equally many cells; valid until the next ones are asked for.
struct CsvRowRun {
  const std::uint32_t* starts = nullptr;  // of the kept cells, row by row (see CellBorders)
  std::size_t n_rows = 0;
  std::size_t n_starts = 0;  // in a row
};

// The rows of a CSV source, as borders of cells in a window of its bytes. What is wrong in the file
// is thrown when its row is reached, so neither the size of the chunks nor the scan path shows.
class CsvRows {
 public:
  // So many bytes from the begin of a cell in the window may be read, however short it is.
  static constexpr std::size_t kReadable = 16;

  CsvRows(std::unique_ptr<ByteSource> source, std::size_t chunk_bytes, ScanPath path);

  // One row of any length, all cells kept: places are 0, 1, 2 ...
  CsvRowRun header();

  // Which columns the next rows keep. Returns the place of each in a row of a run.
  std::vector<std::size_t> keep_columns(std::span<const std::size_t> columns,
                                        std::size_t n_columns);

  // One to max_rows rows (> 0) that are not blank; none at the end of the file.
  CsvRowRun next(std::size_t max_rows, const FitContext& context);

  // The cell without its quotes; lies in the window or, if quotes were doubled in it, in
  // `unescaped`.
  std::string_view cell(const CsvRowRun& run, std::size_t row, std::size_t place,
                        std::string& unescaped) const;

  // InputError "file:line: ..." for that cell.
  template <class... Parts>
  [[noreturn]] void fail(const CsvRowRun& run, std::size_t row, std::size_t place,
                         const Parts&... parts) const {
    fail_at(run.starts[row * run.n_starts + place], parts...);
  }

  const std::string& name() const { return name_; }
  std::string sha256() const { return sha_.hex_digest(); }

 private:
  enum class Fault : std::uint8_t { None, Nul, AfterQuote, OpenQuote };

  template <class... Parts>
  [[noreturn]] void fail_at(std::size_t offset, const Parts&... parts) const {
    throw InputError(name_, ":", line_of(offset), ": ", parts...);
  }
  std::uint64_t line_of(std::size_t offset) const;
  std::size_t row_begin(std::size_t row) const;  // index into starts
  std::uint32_t row_start() const { return borders_.starts[row_begin(next_row_)]; }
  bool is_blank(std::size_t row) const;
  bool fits(std::size_t row) const;
  bool find_row(const FitContext& context);
  void require_short_row(std::size_t end) const;
  [[noreturn]] void throw_fault() const;
  void fill(const FitContext& context);
  void accept(std::size_t n);
  void make_room();
  void skip_byte_order_mark();
  void scan();
  void end_last_row();
  std::size_t last_cell_start() const;

  std::unique_ptr<ByteSource> source_;
  std::string name_;
  std::string progress_name_;
  std::size_t chunk_bytes_;
  CsvScanner scanner_;
  CellBorders borders_;
  std::size_t next_row_ = 0;  // index into borders_.row_ends
  std::size_t n_columns_ = 0;

  std::vector<char> window_;
  std::size_t scanned_ = 0;  // bytes of the window that borders_ covers
  std::size_t end_ = 0;      // bytes of the window that are filled
  std::size_t n_read_ = 0;   // of the source
  bool at_end_ = false;
  Fault fault_ = Fault::None;  // at scanned_; met when the rows before it are done
  BackgroundSha256 sha_;       // last: its thread reads the window
};

inline std::string_view CsvRows::cell(const CsvRowRun& run, std::size_t row, std::size_t place,
                                      std::string& unescaped) const {
  const std::uint32_t* start = run.starts + row * run.n_starts + place;
  const char* begin = window_.data() + start[0];
  const char* end = window_.data() + start[1] - 1;
  while (begin < end && *begin == ' ') ++begin;
  // Of the line end CR LF; a closing quote comes before it.
  if (place + 1 == run.n_starts && begin < end && end[-1] == '\r') --end;
  if (begin == end || *begin != '"') return {begin, static_cast<std::size_t>(end - begin)};
  const std::string_view text(begin + 1, static_cast<std::size_t>(end - begin) - 2);
  std::size_t quote = text.find('"');
  if (quote == std::string_view::npos) return text;
  unescaped.clear();
  std::size_t from = 0;
  for (; quote != std::string_view::npos; quote = text.find('"', from)) {
    unescaped.append(text, from, quote + 1 - from);
    from = quote + 2;
  }
  return unescaped.append(text, from, std::string_view::npos);
}

}  // namespace resml
