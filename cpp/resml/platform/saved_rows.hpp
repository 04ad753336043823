#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace resml {

// Where one incident stands in a CSV file that this program wrote.
struct SavedRow {
  std::int64_t id = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  // with the line end
};

// The rows of such a file, found without reading it into memory.
class SavedRows {
 public:
  // `names` are its columns, "id" among them. InputError if the header or a row has another
  // number of cells, or a row no id.
  SavedRows(const std::string& path, const std::vector<std::string>& names);

  // Of a file that may end anywhere: the rows that are whole.
  struct Cut {};
  SavedRows(const std::string& path, const std::vector<std::string>& names, Cut);

  const std::vector<SavedRow>& rows() const { return rows_; }  // ascending by id
  const std::string& sha256() const { return sha256_; }        // of the whole file
  std::uint64_t end() const { return end_; }                   // of the last whole row
  std::string read(const SavedRow& row);

 private:
  std::string path_;
  std::ifstream file_;
  std::vector<SavedRow> rows_;
  std::string sha256_;
  std::uint64_t end_ = 0;
};

}  // namespace resml
