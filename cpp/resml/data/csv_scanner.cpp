#include "resml/data/csv_scanner.hpp"

#include <algorithm>
#include <array>
#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace resml {

// The quote, comma and line feed bits of 64 bytes.
struct CsvScanner::BlockMasks {
  std::uint64_t quotes;
  std::uint64_t commas;
  std::uint64_t line_feeds;
};

namespace {

constexpr std::size_t kBlockBytes = 64;
constexpr std::size_t kBlocksAtOnce = 64;  // their masks stay in the first-level cache

// One bit for each of the eight bytes of `word` (the first byte lowest) that equals `c`.
std::uint64_t equal_bits(std::uint64_t word, char c) {
  constexpr std::uint64_t kLow7 = 0x7f7f7f7f7f7f7f7fULL;
  const std::uint64_t difference = word ^ (0x0101010101010101ULL * static_cast<unsigned char>(c));
  // Bit 7 of every byte: set where the byte is zero. No carry leaves a byte.
  const std::uint64_t zero = ~(((difference & kLow7) + kLow7) | difference | kLow7);
  return ((zero >> 7) * 0x0102040810204080ULL) >> 56;
}

// Bit i of the result: the parity of the bits 0 to i.
std::uint64_t prefix_xor(std::uint64_t bits) {
  for (unsigned shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

// The bits of `bits`, lowest first, at the places where `places` has ones (the instruction pdep).
struct PlainDeposit {
  static std::uint64_t of(std::uint64_t bits, std::uint64_t places) {
    std::uint64_t deposited = 0;
    for (; bits != 0 && places != 0; bits >>= 1, places &= places - 1) {
      if ((bits & 1) != 0) deposited |= places & (~places + 1);
    }
    return deposited;
  }
};

#if defined(__x86_64__)
struct Bmi2Deposit {
  __attribute__((target("bmi2"))) static std::uint64_t of(std::uint64_t bits,
                                                          std::uint64_t places) {
    return _pdep_u64(bits, places);
  }
};
#endif

}  // namespace

// What differs between the machines.
struct CsvScanner::Paths {
  static void read_masks_portable(const char* bytes, std::size_t n_blocks, BlockMasks* masks) {
    for (std::size_t block = 0; block < n_blocks; ++block) {
      BlockMasks found{};
      for (unsigned byte = 0; byte < kBlockBytes; byte += 8, bytes += 8) {
        std::uint64_t word = 0;
        for (unsigned i = 0; i < 8; ++i) {
          word |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
        }
        found.quotes |= equal_bits(word, '"') << byte;
        found.commas |= equal_bits(word, ',') << byte;
        found.line_feeds |= equal_bits(word, '\n') << byte;
      }
      masks[block] = found;
    }
  }

#if defined(__x86_64__)
  static void read_masks_sse2(const char* bytes, std::size_t n_blocks, BlockMasks* masks) {
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i comma = _mm_set1_epi8(',');
    const __m128i line_feed = _mm_set1_epi8('\n');
    const auto bits = [](__m128i equal) {
      return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(equal)));
    };
    for (std::size_t block = 0; block < n_blocks; ++block) {
      BlockMasks found{};
      for (unsigned byte = 0; byte < kBlockBytes; byte += 16, bytes += 16) {
        const __m128i piece = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
        found.quotes |= bits(_mm_cmpeq_epi8(piece, quote)) << byte;
        found.commas |= bits(_mm_cmpeq_epi8(piece, comma)) << byte;
        found.line_feeds |= bits(_mm_cmpeq_epi8(piece, line_feed)) << byte;
      }
      masks[block] = found;
    }
  }

  __attribute__((target("avx2"))) static void read_masks_avx2(const char* bytes,
                                                              std::size_t n_blocks,
                                                              BlockMasks* masks) {
    const __m256i quote = _mm256_set1_epi8('"');
    const __m256i comma = _mm256_set1_epi8(',');
    const __m256i line_feed = _mm256_set1_epi8('\n');
    for (std::size_t block = 0; block < n_blocks; ++block, bytes += kBlockBytes) {
      const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
      const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + 32));
      const auto bits = [&](__m256i wanted) __attribute__((target("avx2"))) {
        const auto below = _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted));
        const auto above = _mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted));
        return static_cast<std::uint64_t>(static_cast<unsigned>(above)) << 32 |
               static_cast<unsigned>(below);
      };
      masks[block] = {bits(quote), bits(comma), bits(line_feed)};
    }
  }

  __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt"))) static std::size_t run_blocks_bmi2(
      CsvScanner& scanner, const char* buffer, std::size_t begin, std::span<const BlockMasks> masks,
      CellBorders& borders) {
    return run_blocks<Bmi2Deposit>(scanner, buffer, begin, masks, borders);
  }
#endif

  static std::size_t run_blocks_plain(CsvScanner& scanner, const char* buffer, std::size_t begin,
                                      std::span<const BlockMasks> masks, CellBorders& borders) {
    return run_blocks<PlainDeposit>(scanner, buffer, begin, masks, borders);
  }

  static Path choose(ScanPath path);

  // Inlined, so that it is compiled with the instructions of its caller.
  template <class Deposit>
  [[gnu::always_inline]] static inline std::size_t run_blocks(CsvScanner& scanner,
                                                              const char* buffer, std::size_t begin,
                                                              std::span<const BlockMasks> masks,
                                                              CellBorders& borders);
};

// What is known between two blocks, and the step over one block.
class CsvScanner::BlockRun {
 public:
  BlockRun(const char* buffer, std::size_t begin, CellState state)
      : buffer_(buffer),
        begin_(begin),
        begin_state_(state),
        inside_(state == CellState::Quoted ? ~std::uint64_t{0} : 0),
        after_close_(state == CellState::Closed ? 1 : 0),
        may_open_(state == CellState::Start || state == CellState::Closed ? 1 : 0) {}

  // The separators of one block, or false where a quote does not stand at a border of a cell: the
  // block must then be read byte by byte.
  bool step(const BlockMasks& masks, std::size_t place, std::uint64_t& separators) {
    const std::uint64_t both = masks.commas | masks.line_feeds;
    if (masks.quotes == 0) {
      // Nothing but a border may follow a closing quote; what is inside stays inside.
      if ((after_close_ & ~both) != 0) return false;
      separators = both & ~inside_;
      after_close_ = 0;
      may_open_ = separators >> 63;
      return true;
    }
    const std::uint64_t inside = prefix_xor(masks.quotes) ^ inside_;
    const std::uint64_t opening = masks.quotes & inside;
    const std::uint64_t closing = masks.quotes & ~inside;
    const std::uint64_t outside = both & ~inside;
    const std::uint64_t odd_opening = opening & ~((outside | closing) << 1 | may_open_);
    const std::uint64_t odd_after = (closing << 1 | after_close_) & ~(masks.quotes | both);
    if (odd_opening != 0 || (odd_after != 0 && !are_returns(odd_after, masks.line_feeds, place))) {
      return false;
    }
    separators = outside;
    inside_ = std::uint64_t{0} - (inside >> 63);
    after_close_ = closing >> 63;
    may_open_ = (outside | closing) >> 63;
    return true;
  }

  // The state before the byte at `place`, which is the next one.
  CellState state_at(std::size_t place) const {
    if (place == begin_) return begin_state_;
    if (inside_ != 0) return CellState::Quoted;
    if (after_close_ != 0) return CellState::Closed;
    while (place > begin_ && buffer_[place - 1] == ' ') --place;
    if (place == begin_) return begin_state_;
    const char last = buffer_[place - 1];
    return last == ',' || last == '\n' ? CellState::Start : CellState::Plain;
  }

 private:
  // Whether each of these bytes is a carriage return before a line feed of the same block.
  bool are_returns(std::uint64_t bits, std::uint64_t line_feeds, std::size_t place) const {
    if ((bits & ~(line_feeds >> 1)) != 0) return false;
    for (; bits != 0; bits &= bits - 1) {
      if (buffer_[place + static_cast<std::size_t>(std::countr_zero(bits))] != '\r') return false;
    }
    return true;
  }

  const char* buffer_;
  std::size_t begin_;
  CellState begin_state_;
  std::uint64_t inside_;       // all ones between quotes
  std::uint64_t after_close_;  // 1 where the last byte was a closing quote
  std::uint64_t may_open_;     // 1 where a quote that comes first opens a cell or is doubled
};

// Blocks up to an odd one; returns how many were done.
template <class Deposit>
std::size_t CsvScanner::Paths::run_blocks(CsvScanner& scanner, const char* buffer,
                                          std::size_t begin, std::span<const BlockMasks> masks,
                                          CellBorders& borders) {
  BlockRun run(buffer, begin, scanner.state_);
  std::uint32_t* start = borders.starts.data() + borders.n_starts;
  std::size_t column = scanner.column_;
  const auto append = [&start](std::uint64_t kept, std::uint32_t next) {
    for (; kept != 0; kept &= kept - 1) {
      *start++ = next + static_cast<std::uint32_t>(std::countr_zero(kept));
    }
  };
  std::size_t done = 0;
  for (; done < masks.size(); ++done) {
    const std::size_t place = begin + done * kBlockBytes;
    std::uint64_t separators = 0;
    if (!run.step(masks[done], place, separators)) break;
    const auto next = static_cast<std::uint32_t>(place + 1);
    if (masks[done].line_feeds != 0) {
      scanner.n_line_feeds_ += static_cast<std::uint64_t>(std::popcount(masks[done].line_feeds));
      std::uint64_t line_ends = separators & masks[done].line_feeds;
      for (; line_ends != 0; line_ends &= line_ends - 1) {
        const std::uint64_t row = separators & (line_ends ^ (line_ends - 1));
        const std::uint64_t line_end = line_ends & (~line_ends + 1);
        append(Deposit::of(scanner.kept_from(column), row) | line_end, next);
        column += static_cast<std::size_t>(std::popcount(row));
        borders.row_ends.push_back({static_cast<std::uint32_t>(start - 1 - borders.starts.data()),
                                    static_cast<std::uint32_t>(column)});
        separators ^= row;
        column = 0;
      }
    }
    append(Deposit::of(scanner.kept_from(column), separators), next);
    column += static_cast<std::size_t>(std::popcount(separators));
  }
  scanner.column_ = column;
  scanner.state_ = run.state_at(begin + done * kBlockBytes);
  borders.n_starts = static_cast<std::size_t>(start - borders.starts.data());
  return done;
}

CsvScanner::Path CsvScanner::Paths::choose(ScanPath path) {
#if defined(__x86_64__)
  if (path == ScanPath::Fastest) path = can_scan(ScanPath::Avx2) ? ScanPath::Avx2 : ScanPath::Sse2;
  if (path == ScanPath::Avx2) return {read_masks_avx2, run_blocks_bmi2};
  if (path == ScanPath::Sse2) return {read_masks_sse2, run_blocks_plain};
#endif
  return {read_masks_portable, run_blocks_plain};
}

bool can_scan(ScanPath path) {
#if defined(__x86_64__)
  // Every processor with AVX2 has BMI2; those of AMD before Zen 3 take longer for pdep than the
  // plain path does.
  return path != ScanPath::Avx2 ||
         (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi2") != 0 &&
          __builtin_cpu_is("znver1") == 0 && __builtin_cpu_is("znver2") == 0);
#else
  return path == ScanPath::Fastest || path == ScanPath::Portable;
#endif
}

CsvScanner::CsvScanner(ScanPath path) : path_(Paths::choose(path)) {}

void CsvScanner::restart(std::span<const std::size_t> columns, std::size_t n_columns,
                         std::uint64_t n_line_feeds) {
  state_ = CellState::Start;
  column_ = 0;
  n_line_feeds_ = n_line_feeds;
  keeps_all_ = false;
  kept_.assign(n_columns / 64 + 2, 0);
  for (const std::size_t column : columns) {
    kept_[column / 64] |= std::uint64_t{1} << column % 64;
    if (column > 0) kept_[(column - 1) / 64] |= std::uint64_t{1} << (column - 1) % 64;
  }
}

std::size_t CsvScanner::n_kept_before(std::size_t column) const {
  std::size_t n_kept = 0;
  for (std::size_t i = 0; i < column; ++i) n_kept += (kept_[i / 64] >> i % 64) & 1;
  return n_kept;
}

// 64 bits of kept_, the first one for the separator that ends `column`.
std::uint64_t CsvScanner::kept_from(std::size_t column) const {
  if (keeps_all_) return ~std::uint64_t{0};
  const std::size_t word = column / 64;
  if (word + 1 >= kept_.size()) return 0;
  return kept_[word] >> column % 64 | kept_[word + 1] << 1 << (63 - column % 64);
}

void CsvScanner::add_separator(std::size_t offset, bool ends_row, CellBorders& borders) {
  if (ends_row || (kept_from(column_) & 1) != 0) {
    borders.starts[borders.n_starts++] = static_cast<std::uint32_t>(offset + 1);
  }
  ++column_;
  if (!ends_row) return;
  borders.row_ends.push_back(
      {static_cast<std::uint32_t>(borders.n_starts - 1), static_cast<std::uint32_t>(column_)});
  column_ = 0;
}

void CsvScanner::end_row(std::size_t end, CellBorders& borders) {
  if (borders.n_starts == borders.starts.size()) borders.starts.resize(2 * borders.n_starts);
  add_separator(end, true, borders);
}

std::size_t CsvScanner::scan_bytes(const char* buffer, std::size_t begin, std::size_t end,
                                   CellBorders& borders) {
  for (std::size_t i = begin; i < end; ++i) {
    const char c = buffer[i];
    if (c == '\n') ++n_line_feeds_;
    if (state_ == CellState::Quoted) {
      if (c == '"') state_ = CellState::Closed;
    } else if (c == '\n' || (c == ',' && state_ != CellState::ClosedReturn)) {
      add_separator(i, c == '\n', borders);
      state_ = CellState::Start;
    } else if (c == '"' && (state_ == CellState::Start || state_ == CellState::Closed)) {
      state_ = CellState::Quoted;
    } else if (c == '\r' && state_ == CellState::Closed) {
      state_ = CellState::ClosedReturn;
    } else if (state_ == CellState::Closed || state_ == CellState::ClosedReturn) {
      return i;
    } else if (c != ' ') {
      state_ = CellState::Plain;
    }
  }
  return kNoFault;
}

// Whole blocks; returns where a fault is, else kNoFault.
std::size_t CsvScanner::scan_group(const char* buffer, std::size_t begin, std::size_t n_blocks,
                                   CellBorders& borders) {
  std::array<BlockMasks, kBlocksAtOnce> masks;
  path_.read_masks(buffer + begin, n_blocks, masks.data());
  for (std::size_t done = 0; done < n_blocks; ++done) {
    if (state_ != CellState::ClosedReturn) {
      done += path_.run_blocks(*this, buffer, begin + done * kBlockBytes,
                               std::span(masks).subspan(done, n_blocks - done), borders);
      if (done == n_blocks) break;
    }
    const std::size_t place = begin + done * kBlockBytes;
    const std::size_t fault = scan_bytes(buffer, place, place + kBlockBytes, borders);
    if (fault != kNoFault) return fault;
  }
  return kNoFault;
}

std::size_t CsvScanner::scan(const char* buffer, std::size_t begin, std::size_t end,
                             CellBorders& borders) {
  // Every byte may be a separator.
  const std::size_t most = borders.n_starts + (end - begin);
  if (borders.starts.size() < most) borders.starts.resize(most);
  while (end - begin >= kBlockBytes) {
    const std::size_t n_blocks = std::min((end - begin) / kBlockBytes, kBlocksAtOnce);
    const std::size_t fault = scan_group(buffer, begin, n_blocks, borders);
    if (fault != kNoFault) return fault;
    begin += n_blocks * kBlockBytes;
  }
  return scan_bytes(buffer, begin, end, borders);
}

}  // namespace resml
