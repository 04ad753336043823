#include "resml/data/csv_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "resml/base/error.hpp"
#include "resml/base/utf8.hpp"
#include "resml/data/column_builder.hpp"
#include "resml/data/csv_rows.hpp"

namespace resml {
namespace {

struct KeptColumn {
  std::string name;
  std::size_t place = 0;  // in the file
};

std::vector<std::string> read_header(CsvRows& rows) {
  const CsvRowRun run = rows.next(1, 0, {});
  if (run.n_rows == 0) {
    throw InputError(rows.name(), ": empty; expected a header line with field names");
  }
  std::vector<std::string> header;
  std::string unescaped;
  for (std::size_t i = 0; i < run.n_cells; ++i) {
    header.emplace_back(rows.cell(run, 0, i, unescaped));
    if (find_invalid_utf8(header.back()) != std::string_view::npos) {
      rows.fail(run, 0, i, "the header is not UTF-8 text");
    }
  }
  return header;
}

std::vector<KeptColumn> choose_columns(const CsvColumns& columns,
                                       const std::vector<std::string>& header,
                                       const std::string& file) {
  std::vector<KeptColumn> kept;
  std::vector<std::string> missing;
  const auto want = [&](const std::string& field, bool needed) {
    const auto found = std::find(header.begin(), header.end(), field);
    if (found == header.end()) {
      if (needed) missing.push_back(quoted(field) + did_you_mean(field, header));
      return;
    }
    if (std::find(found + 1, header.end(), field) != header.end()) {
      throw InputError(file, ": column ", quoted(field), " stands twice in the header");
    }
    const auto place = static_cast<std::size_t>(found - header.begin());
    const bool again = std::any_of(kept.begin(), kept.end(),
                                   [&](const KeptColumn& other) { return other.place == place; });
    if (!again) kept.push_back({field, place});
  };
  for (const std::string& field : columns.wanted.empty() ? header : columns.wanted) {
    want(field, true);
  }
  for (const std::string& field : columns.if_present) want(field, false);
  if (!missing.empty()) throw InputError(file, ": no column ", join(missing, ", nor "));
  return kept;
}

}  // namespace

struct CsvReader::State {
  State(std::unique_ptr<ByteSource> source, const CsvColumns& columns, std::size_t chunk_bytes,
        ScanPath path)
      : rows(std::move(source), chunk_bytes, path),
        header(read_header(rows)),
        kept(choose_columns(columns, header, rows.name())) {}

  void append(const CsvRowRun& run, std::vector<ColumnBuilder>& builders) const;

  CsvRows rows;
  std::vector<std::string> header;
  std::vector<KeptColumn> kept;
};

// Column by column, so that one dictionary at a time is in the cache.
void CsvReader::State::append(const CsvRowRun& run, std::vector<ColumnBuilder>& builders) const {
  std::size_t bad_row = run.n_rows;
  std::size_t bad_column = 0;
  std::string unescaped;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    for (std::size_t row = 0; row < run.n_rows; ++row) {
      const std::string_view cell = rows.cell(run, row, kept[i].place, unescaped);
      if (!builders[i].append(cell) || find_invalid_utf8(cell) == std::string_view::npos) continue;
      if (row < bad_row || (row == bad_row && kept[i].place < bad_column)) {
        bad_row = row;
        bad_column = kept[i].place;
      }
      break;
    }
  }
  if (bad_row == run.n_rows) return;
  rows.fail(run, bad_row, bad_column, "column ", quoted(header[bad_column]), ": not UTF-8 text");
}

CsvReader::CsvReader(std::unique_ptr<ByteSource> source, const CsvColumns& columns,
                     std::size_t chunk_bytes, ScanPath path)
    : state_(std::make_unique<State>(std::move(source), columns, chunk_bytes, path)) {}
CsvReader::~CsvReader() = default;
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;

const std::vector<std::string>& CsvReader::header() const { return state_->header; }

std::string CsvReader::sha256() const { return state_->rows.sha256(); }

Table CsvReader::read(std::size_t max_rows, const FitContext& context) {
  State& state = *state_;
  std::vector<ColumnBuilder> builders;
  for (const KeptColumn& column : state.kept) builders.emplace_back(column.name);
  Table table;
  while (table.n_rows < max_rows) {
    const CsvRowRun run = state.rows.next(max_rows - table.n_rows, state.header.size(), context);
    if (run.n_rows == 0) break;
    state.append(run, builders);
    table.n_rows += run.n_rows;
  }
  for (ColumnBuilder& builder : builders) table.columns.push_back(std::move(builder).finish());
  return table;
}

}  // namespace resml
