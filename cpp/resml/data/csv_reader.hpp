#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/data/table.hpp"

namespace resml {

// Where bytes come from: a file, standard input, a text in memory. read() fills up to `size` bytes
// and returns how many, 0 at the end.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::size_t read(char* buffer, std::size_t size) = 0;
  virtual std::string name() const = 0;         // for messages: the path, "<stdin>", "<text>"
  virtual std::size_t total_bytes() const = 0;  // 0 = not known
};
// InputError names the path and the system's reason; a folder or a device is refused.
std::unique_ptr<ByteSource> open_file(const std::filesystem::path& path);
std::unique_ptr<ByteSource> open_stdin();
std::unique_ptr<ByteSource> open_text(std::string text);

// Comma-separated rows, quoted with ", doubled inside; CR LF or LF; blanks after a separator are
// skipped; a byte-order mark is allowed; cells may hold line breaks. Reads in chunks of fixed size.
// InputError "file:line: ..." for a ragged row, NUL byte, invalid UTF-8 in a wanted cell, text
// after a closing quote, a quote that is never closed, a repeated column, a missing column (with
// the nearest names).
class CsvReader {
 public:
  // Reads the header. `columns` are the ones to keep, in that order; empty = all of the file.
  CsvReader(std::unique_ptr<ByteSource> source, std::vector<std::string> columns,
            std::vector<std::string> optional_columns = {});
  ~CsvReader();
  CsvReader(CsvReader&&) noexcept;
  CsvReader& operator=(CsvReader&&) noexcept;

  const std::vector<std::string>& header() const;

  // Up to max_rows more rows; a table without rows at the end.
  Table read(std::size_t max_rows, const FitContext& context);

  // SHA-256 of all bytes read so far, as 64 hexadecimal digits; of the whole file after the last
  // row.
  std::string sha256() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace resml
