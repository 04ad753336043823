#include "resml/platform/saved_rows.hpp"

#include <algorithm>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"
#include "resml/data/byte_source.hpp"
#include "resml/data/sha256.hpp"

namespace resml {
namespace {

constexpr std::size_t kBytesAtOnce = std::size_t{1} << 18;

// Finds the ends of rows and the numbers in one column.
class RowScanner {
 public:
  RowScanner(const std::vector<std::string>& names, std::vector<SavedRow>& rows)
      : n_columns_(names.size()),
        id_column_(
            static_cast<std::size_t>(std::find(names.begin(), names.end(), "id") - names.begin())),
        rows_(rows) {}

  // False from the first row on that is not one of a download.
  bool scan(std::string_view bytes) {
    for (const char c : bytes) {
      ++offset_;
      if (c == '\0') return false;
      if (c == '"') is_quoted_ = !is_quoted_;
      if (is_quoted_ || (c != ',' && c != '\n')) {
        if (column_ == id_column_ && c != '\r' && id_.size() < kMaxIdBytes) id_ += c;
      } else if (c == ',') {
        ++column_;
      } else if (!end_row()) {
        return false;
      }
    }
    return true;
  }

  std::uint64_t end() const { return begin_; }  // of the last whole row

 private:
  static constexpr std::size_t kMaxIdBytes = 32;

  bool end_row() {
    if (column_ + 1 != n_columns_) return false;
    if (n_rows_ > 0) {  // behind the header
      const auto id = parse_whole<std::int64_t>(id_);
      if (!id) return false;
      rows_.push_back({.id = *id, .offset = begin_, .size = offset_ - begin_});
    }
    ++n_rows_;
    begin_ = offset_;
    column_ = 0;
    id_.clear();
    return true;
  }

  std::size_t n_columns_;
  std::size_t id_column_;
  std::vector<SavedRow>& rows_;
  std::uint64_t offset_ = 0;
  std::uint64_t begin_ = 0;  // of the row
  std::size_t column_ = 0;
  std::size_t n_rows_ = 0;
  bool is_quoted_ = false;
  std::string id_;
};

}  // namespace

SavedRows::SavedRows(const std::string& path, const std::vector<std::string>& names, Cut /*tag*/)
    : path_(path), file_(path, std::ios::binary) {
  RowScanner scanner(names, rows_);
  Sha256 sha;
  const auto source = open_file(path);
  std::string buffer(kBytesAtOnce, '\0');
  bool is_whole = true;
  while (const std::size_t n = is_whole ? source->read(buffer.data(), buffer.size()) : 0) {
    sha.update({buffer.data(), n});
    is_whole = scanner.scan({buffer.data(), n});
  }
  end_ = scanner.end();
  sha256_ = sha.hex_digest();
  std::ranges::sort(rows_, {}, &SavedRow::id);
}

SavedRows::SavedRows(const std::string& path, const std::vector<std::string>& names)
    : SavedRows(path, names, Cut{}) {
  if (end_ != open_file(path)->total_bytes()) {
    throw InputError(path_, ": row ", rows_.size() + 1,
                     " is not one of a download; download it anew");
  }
}

std::string SavedRows::read(const SavedRow& row) {
  std::string text(row.size, '\0');
  file_.seekg(static_cast<std::streamoff>(row.offset));
  if (!file_.read(text.data(), static_cast<std::streamsize>(text.size())))
    throw InputError(path_, ": cannot be read");
  return text;
}

}  // namespace resml
