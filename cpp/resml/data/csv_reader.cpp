#include "resml/data/csv_reader.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

#include "resml/base/error.hpp"
#include "resml/base/utf8.hpp"
#include "resml/data/column_builder.hpp"
#include "resml/data/csv_rows.hpp"

namespace resml {
namespace {

std::vector<std::string> read_header(CsvRows& rows) {
  const CsvRowRun run = rows.header();
  if (run.n_rows == 0) {
    throw InputError(rows.name(), ": empty; expected a header line with field names");
  }
  std::vector<std::string> header;
  std::string unescaped;
  for (std::size_t i = 0; i < run.n_starts; ++i) {
    header.emplace_back(rows.cell(run, 0, i, unescaped));
    if (find_invalid_utf8(header.back()) != std::string_view::npos) {
      rows.fail(run, 0, i, "the header is not UTF-8 text; save the file as UTF-8");
    }
  }
  return header;
}

[[noreturn]] void throw_no_column(const std::vector<std::string>& missing,
                                  const std::vector<std::string>& header, const std::string& file) {
  std::vector<std::string> names;
  std::vector<std::string> nearest;
  for (const std::string& field : missing) {
    names.push_back(quoted(field));
    const std::string near = nearest_name(field, header);
    if (!near.empty()) nearest.push_back(quoted(near));
  }
  const std::string remedy =
      !nearest.empty() ? concat("; did you mean ", join(nearest, ", "), "?")
      : header.size() == 1
          ? concat("; the only column is ", quoted(header[0]), ", cells are separated by commas")
          : all_names(header, "columns");
  throw InputError(file, ": no column ", join(names, ", nor "), remedy);
}

// The place in the file of every column to keep.
std::vector<std::size_t> choose_columns(const CsvColumns& columns,
                                        const std::vector<std::string>& header,
                                        const std::string& file) {
  std::vector<std::size_t> kept;
  std::vector<std::string> missing;
  const auto want = [&](const std::string& field, bool needed) {
    const auto found = std::find(header.begin(), header.end(), field);
    if (found == header.end()) {
      if (needed) missing.push_back(field);
      return;
    }
    if (std::find(found + 1, header.end(), field) != header.end()) {
      throw InputError(file, ": column ", quoted(field), " stands twice in the header");
    }
    const auto column = static_cast<std::size_t>(found - header.begin());
    if (std::find(kept.begin(), kept.end(), column) == kept.end()) kept.push_back(column);
  };
  for (const std::string& field : columns.wanted.empty() ? header : columns.wanted) {
    want(field, true);
  }
  for (const std::string& field : columns.if_present) want(field, false);
  if (!missing.empty()) throw_no_column(missing, header, file);
  return kept;
}

}  // namespace

struct CsvReader::State {
  State(std::unique_ptr<ByteSource> source, const CsvColumns& columns, std::size_t chunk_bytes,
        ScanPath path)
      : rows(std::move(source), chunk_bytes, path),
        header(read_header(rows)),
        kept(choose_columns(columns, header, rows.name())),
        places(rows.keep_columns(kept, header.size())) {}

  void append(const CsvRowRun& run, std::vector<ColumnBuilder>& builders) const;

  CsvRows rows;
  std::vector<std::string> header;
  std::vector<std::size_t> kept;    // columns of the file
  std::vector<std::size_t> places;  // theirs in a row of a run
};

// Column by column, so that one dictionary at a time is in the cache.
void CsvReader::State::append(const CsvRowRun& run, std::vector<ColumnBuilder>& builders) const {
  std::size_t bad_row = run.n_rows;
  std::size_t bad = 0;
  std::string unescaped;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    for (std::size_t row = 0; row < run.n_rows; ++row) {
      const std::string_view cell = rows.cell(run, row, places[i], unescaped);
      const bool in_window = cell.data() != unescaped.data();
      const bool is_new = builders[i].append(cell, in_window ? CsvRows::kReadable : cell.size());
      if (!is_new || find_invalid_utf8(cell) == std::string_view::npos) continue;
      if (row < bad_row || (row == bad_row && kept[i] < kept[bad])) {
        bad_row = row;
        bad = i;
      }
      break;
    }
  }
  if (bad_row == run.n_rows) return;
  rows.fail(run, bad_row, places[bad], "column ", quoted(header[kept[bad]]),
            ": not UTF-8 text; save the file as UTF-8");
}

CsvReader::CsvReader(std::unique_ptr<ByteSource> source, const CsvColumns& columns,
                     std::size_t chunk_bytes, ScanPath path)
    : state_(std::make_unique<State>(std::move(source), columns, chunk_bytes, path)) {}
CsvReader::~CsvReader() = default;

const std::vector<std::string>& CsvReader::header() const { return state_->header; }

Table CsvReader::read(const FitContext& context) {
  return read(std::numeric_limits<std::size_t>::max(), context);
}

std::string CsvReader::sha256() const { return state_->rows.sha256(); }

Table CsvReader::read(std::size_t max_rows, const FitContext& context) {
  State& state = *state_;
  std::vector<ColumnBuilder> builders;
  for (const std::size_t column : state.kept) builders.emplace_back(state.header[column]);
  Table table;
  while (table.n_rows < max_rows) {
    const CsvRowRun run = state.rows.next(max_rows - table.n_rows, context);
    if (run.n_rows == 0) break;
    state.append(run, builders);
    table.n_rows += run.n_rows;
  }
  for (ColumnBuilder& builder : builders) table.columns.push_back(std::move(builder).finish());
  return table;
}

}  // namespace resml
