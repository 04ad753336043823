#include "resml/platform/saved_rows.hpp"

#include <algorithm>
#include <charconv>

#include "resml/base/error.hpp"
#include "resml/data/byte_source.hpp"
#include "resml/data/csv_writer.hpp"
#include "resml/data/sha256.hpp"

namespace resml {
namespace {

constexpr std::size_t kBytesAtOnce = std::size_t{1} << 18;

// Finds the ends of rows and the numbers in one column.
class RowScanner {
 public:
  RowScanner(const std::string& path, std::size_t n_columns, std::size_t id_column)
      : path_(path), n_columns_(n_columns), id_column_(id_column) {}

  void scan(std::string_view bytes, std::vector<SavedRow>& rows) {
    for (const char c : bytes) {
      ++offset_;
      if (c == '"') is_quoted_ = !is_quoted_;
      if (is_quoted_ || (c != ',' && c != '\n')) {
        if (column_ == id_column_ && c != '\r' && id_.size() < kMaxIdBytes) id_ += c;
      } else if (c == ',') {
        ++column_;
      } else {
        end_row(rows);
      }
    }
  }

  void finish() const {
    if (begin_ != offset_) fail();
  }

 private:
  static constexpr std::size_t kMaxIdBytes = 32;

  void end_row(std::vector<SavedRow>& rows) {
    if (column_ + 1 != n_columns_) fail();
    if (n_rows_++ > 0) {  // behind the header
      SavedRow row{.offset = begin_, .size = offset_ - begin_};
      const auto [end, code] = std::from_chars(id_.data(), id_.data() + id_.size(), row.id);
      if (code != std::errc{} || end != id_.data() + id_.size()) fail();
      rows.push_back(row);
    }
    begin_ = offset_;
    column_ = 0;
    id_.clear();
  }

  [[noreturn]] void fail() const {
    throw InputError(path_, ": row ", n_rows_, " is not one of a download; download it anew");
  }

  const std::string& path_;
  std::size_t n_columns_;
  std::size_t id_column_;
  std::uint64_t offset_ = 0;
  std::uint64_t begin_ = 0;  // of the row
  std::size_t column_ = 0;
  std::size_t n_rows_ = 0;
  bool is_quoted_ = false;
  std::string id_;
};

}  // namespace

SavedRows::SavedRows(const std::string& path, const std::vector<std::string>& names)
    : path_(path), file_(path, std::ios::binary) {
  const auto id_column =
      static_cast<std::size_t>(std::find(names.begin(), names.end(), "id") - names.begin());
  RowScanner scanner(path_, names.size(), id_column);
  Sha256 sha;
  const auto source = open_file(path);
  std::string buffer(kBytesAtOnce, '\0');
  while (const std::size_t n = source->read(buffer.data(), buffer.size())) {
    sha.update({buffer.data(), n});
    scanner.scan({buffer.data(), n}, rows_);
  }
  scanner.finish();
  sha256_ = sha.hex_digest();
  std::sort(rows_.begin(), rows_.end(),
            [](const SavedRow& a, const SavedRow& b) { return a.id < b.id; });
}

std::string SavedRows::read(const SavedRow& row) {
  std::string text(row.size, '\0');
  file_.seekg(static_cast<std::streamoff>(row.offset));
  if (!file_.read(text.data(), static_cast<std::streamsize>(text.size())))
    throw InputError(path_, ": cannot be read");
  return text;
}

}  // namespace resml
