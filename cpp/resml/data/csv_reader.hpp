#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/data/byte_source.hpp"
#include "resml/data/csv_scanner.hpp"
#include "resml/data/table.hpp"

namespace resml {

struct CsvColumns {
  std::vector<std::string> wanted;           // kept in this order; empty = all of the file
  std::vector<std::string> if_present = {};  // kept after them where the header has them
};

// Comma-separated rows, quoted with ", doubled inside; CR LF or LF; blanks before a cell are
// skipped; a byte-order mark is allowed; cells may hold line breaks; blank lines are skipped. Reads
// in chunks: memory holds one row and the distinct cells of the kept columns.
// InputError "file:line: ..." for a ragged row, a NUL byte, text after a closing quote, a quote
// that is never closed, invalid UTF-8 in a kept cell; "file: ..." for a missing column (with the
// nearest name) and a repeated one.
class CsvReader {
 public:
  static constexpr std::size_t kChunkBytes = 1 << 18;
  static constexpr std::size_t kRowsAtOnce = 4096;  // for those who need not have all

  // Reads the header.
  CsvReader(std::unique_ptr<ByteSource> source, const CsvColumns& columns,
            std::size_t chunk_bytes = kChunkBytes, ScanPath path = ScanPath::Fastest);
  ~CsvReader();

  const std::vector<std::string>& header() const;

  // Up to max_rows more rows; a table without rows at the end.
  Table read(std::size_t max_rows, const FitContext& context);
  // All that are left.
  Table read(const FitContext& context);

  // SHA-256 of all bytes taken from the source so far: of the whole file after the last row.
  std::string sha256() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace resml
