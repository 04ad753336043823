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

// Where cells begin and rows end, as offsets into a buffer. Cell i is [starts[i], starts[i+1] - 1):
// the byte left out is its separator. The last start belongs to the cell that has no end yet.
struct CellBorders {
  std::vector<std::uint32_t> starts = {0};  // the first n_starts of them; the rest is spare room
  std::size_t n_starts = 1;
  std::vector<std::uint32_t> row_ends = {};  // index of the start that follows each line feed

  void add(std::size_t start, bool ends_row) {
    if (n_starts == starts.size()) starts.resize(2 * n_starts);
    if (ends_row) row_ends.push_back(static_cast<std::uint32_t>(n_starts));
    starts[n_starts++] = static_cast<std::uint32_t>(start);
  }
};

// Finds commas and line feeds that are not between quotes. A quote counts as one only as the first
// byte of a cell, blanks aside. After Langdale and Lemire, "Parsing Gigabytes of JSON per Second"
// (2019), section 3.1: one bit per byte, and the prefix xor of the quotes' bits is 1 between them;
// where a quote breaks that scheme, its 64 bytes are read one by one.
class CsvScanner {
 public:
  static constexpr std::size_t kNoFault = std::numeric_limits<std::size_t>::max();

  explicit CsvScanner(ScanPath path = ScanPath::Fastest);

  // Appends what lies in [begin, end) of `buffer`; begin is where the last call ended. Stops at
  // text after a closing quote and returns its offset, else kNoFault.
  std::size_t scan(const char* buffer, std::size_t begin, std::size_t end, CellBorders& borders);

  // Whether the bytes so far end between quotes.
  bool in_quotes() const { return state_ == CellState::Quoted; }

  std::uint64_t line_feeds() const { return n_line_feeds_; }

  // The quote, comma and line feed bits of 64 bytes.
  struct BlockMasks {
    std::uint64_t quotes;
    std::uint64_t commas;
    std::uint64_t line_feeds;
  };

 private:
  // Before the first byte that is no blank; in a cell without quotes; between quotes; behind a
  // quote that closes unless another one follows; behind a carriage return after that.
  enum class CellState : std::uint8_t { Start, Plain, Quoted, Closed, ClosedReturn };
  class BlockRun;

  std::size_t scan_bytes(const char* buffer, std::size_t begin, std::size_t end,
                         CellBorders& borders);
  std::size_t scan_group(const char* buffer, std::size_t begin, std::size_t n_blocks,
                         CellBorders& borders);
  std::size_t run_blocks(const char* buffer, std::size_t begin, std::span<const BlockMasks> masks,
                         CellBorders& borders);

  void (*read_masks_)(const char* bytes, std::size_t n_blocks, BlockMasks* masks);
  CellState state_ = CellState::Start;
  std::uint64_t n_line_feeds_ = 0;
};

}  // namespace resml
