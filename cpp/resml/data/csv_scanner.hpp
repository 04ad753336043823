#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace resml {

// How 64 bytes at a time are compared; all ways find the same. Fastest: what this machine can do.
enum class ScanPath : std::uint8_t { Fastest, Avx2, Sse2, Portable };

// Whether this machine can take that path.
bool can_scan(ScanPath path);

// Where kept cells begin and rows end, as offsets into a buffer.
struct CellBorders {
  struct RowEnd {
    std::uint32_t next;     // index into starts of the next row's first byte
    std::uint32_t n_cells;  // of the row, kept or not
  };

  // The first byte of a row, then in it every place behind a kept separator; the last separator of
  // a row is always kept. The cell before a separator ends one byte before.
  std::vector<std::uint32_t> starts = {0};
  std::size_t n_starts = 1;  // the rest of `starts` is spare room
  std::vector<RowEnd> row_ends = {};
};

// Finds commas and line feeds that are not between quotes. A quote counts as one only as the first
// byte of a cell, blanks aside. After Langdale and Lemire, "Parsing Gigabytes of JSON per Second"
// (2019), section 3.1: one bit per byte, and the prefix xor of the quotes' bits is 1 between them;
// where a quote breaks that scheme, its 64 bytes are read one by one.
class CsvScanner {
 public:
  static constexpr std::size_t kNoFault = std::numeric_limits<std::size_t>::max();

  // Keeps every separator until restart().
  explicit CsvScanner(ScanPath path = ScanPath::Fastest);

  // At the begin of a row; from here on only the separators around these columns are kept.
  void restart(std::span<const std::size_t> columns, std::size_t n_columns,
               std::uint64_t n_line_feeds);

  // How many separators left of the column are kept.
  std::size_t n_kept_before(std::size_t column) const;

  // Appends what lies in [begin, end) of `buffer`; begin is where the last call ended. Stops at
  // text after a closing quote and returns its offset, else kNoFault.
  std::size_t scan(const char* buffer, std::size_t begin, std::size_t end, CellBorders& borders);

  // Whether the bytes so far end between quotes.
  bool in_quotes() const { return state_ == CellState::Quoted; }

  // Ends a row at the offset `end` as a line feed there would.
  void end_row(std::size_t end, CellBorders& borders);

  std::uint64_t line_feeds() const { return n_line_feeds_; }

 private:
  // Before the first byte that is no blank; in a cell without quotes; between quotes; behind a
  // quote that closes unless another one follows; behind a carriage return after that.
  enum class CellState : std::uint8_t { Start, Plain, Quoted, Closed, ClosedReturn };
  class BlockRun;
  struct BlockMasks;

  struct Path {
    void (*read_masks)(const char* bytes, std::size_t n_blocks, BlockMasks* masks);
    std::size_t (*run_blocks)(CsvScanner& scanner, const char* buffer, std::size_t begin,
                              std::span<const BlockMasks> masks, CellBorders& borders);
  };
  struct Paths;

  void add_separator(std::size_t offset, bool ends_row, CellBorders& borders);
  std::size_t scan_bytes(const char* buffer, std::size_t begin, std::size_t end,
                         CellBorders& borders);
  std::size_t scan_group(const char* buffer, std::size_t begin, std::size_t n_blocks,
                         CellBorders& borders);
  std::uint64_t kept_from(std::size_t column) const;

  Path path_;
  CellState state_ = CellState::Start;
  std::uint64_t n_line_feeds_ = 0;
  std::size_t column_ = 0;           // separators since the row began
  std::vector<std::uint64_t> kept_;  // one bit per separator of a row, and a word of zeros
  bool keeps_all_ = true;
};

}  // namespace resml
