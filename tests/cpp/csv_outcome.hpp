#pragma once

#include <string>
#include <vector>

#include "open_text.hpp"
#include "resml/base/error.hpp"
#include "resml/data/csv_reader.hpp"

namespace resml {

struct CsvReading {
  std::size_t chunk_bytes = CsvReader::kChunkBytes;
  ScanPath path = ScanPath::Fastest;
  std::size_t rows_at_once = static_cast<std::size_t>(-1);
};

// What comes out of a CSV text as one text: every cell of every row, or what was read before an
// error and its message.
inline std::string csv_outcome(const std::string& text, const CsvColumns& columns,
                               const CsvReading& reading) {
  std::string outcome;
  try {
    CsvReader reader(open_text(text), columns, reading.chunk_bytes, reading.path);
    while (true) {
      const Table table = reader.read(reading.rows_at_once, {});
      if (table.n_rows == 0) break;
      for (std::size_t row = 0; row < table.n_rows; ++row) {
        for (const Column& column : table.columns) {
          outcome += "<" + column.values[column.codes[row]] + ">";
        }
        outcome += "\n";
      }
    }
    outcome += reader.sha256();
  } catch (const InputError& error) {
    outcome += error.what();
  }
  return outcome;
}

// The paths that this machine can take.
inline std::vector<ScanPath> scan_paths() {
  std::vector<ScanPath> paths;
  for (const ScanPath path : {ScanPath::Portable, ScanPath::Sse2, ScanPath::Avx2}) {
    if (can_scan(path)) paths.push_back(path);
  }
  return paths;
}

}  // namespace resml
