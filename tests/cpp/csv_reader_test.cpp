#include "resml/data/csv_reader.hpp"

#include <gtest/gtest.h>

#include "resml/base/error.hpp"
#include "resml/data/csv_writer.hpp"

namespace resml {
namespace {

constexpr std::size_t kAll = static_cast<std::size_t>(-1);

std::vector<std::string> cells_of(const Table& table, std::string_view name) {
  const Column* column = find_column(table, name);
  std::vector<std::string> cells;
  for (const std::uint32_t code : column->codes) cells.push_back(column->values[code]);
  return cells;
}

Table read_text(std::string text, const CsvColumns& columns = {}, std::size_t chunk = 1 << 18) {
  CsvReader reader(open_text(std::move(text)), columns, chunk);
  return reader.read(kAll, {});
}

std::string error_of(std::string text, const CsvColumns& columns = {}) {
  try {
    read_text(std::move(text), columns);
  } catch (const InputError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

using Cells = std::vector<std::string>;

TEST(CsvReader, KeepsTheWantedColumnsInTheOrderAsked) {
  const Table table = read_text("a,b,c\r\n1,2,3\r\n4,5,6\r\n", {.wanted = {"c", "a"}});
  ASSERT_EQ(table.columns.size(), 2U);
  EXPECT_EQ(table.columns[0].name, "c");
  EXPECT_EQ(cells_of(table, "c"), (Cells{"3", "6"}));
  EXPECT_EQ(cells_of(table, "a"), (Cells{"1", "4"}));
}

TEST(CsvReader, ReadsWhatTheOriginalWrote) {
  const std::string text =
      "\xef\xbb\xbf"
      "name, note\n"
      "\"a,b\",\"line one\r\nline \"\"two\"\"\"\n"
      "\n"
      "  \xe6\x97\xa5\xe6\x9c\xac,  \"[1, 2]\"\r\n"
      "x,a\"b";
  for (std::size_t chunk = 1; chunk <= 70; ++chunk) {
    const Table table = read_text(text, {}, chunk);
    EXPECT_EQ(cells_of(table, "name"), (Cells{"a,b", "\xe6\x97\xa5\xe6\x9c\xac", "x"})) << chunk;
    EXPECT_EQ(cells_of(table, "note"), (Cells{"line one\r\nline \"two\"", "[1, 2]", "a\"b"}))
        << chunk;
  }
}

TEST(CsvReader, DistinctCellsAreKeptOnce) {
  const Table table = read_text("a\nx\ny\nx\nx\n");
  EXPECT_EQ(table.columns[0].values, (Cells{"x", "y"}));
  EXPECT_EQ(table.columns[0].codes, (std::vector<std::uint32_t>{0, 1, 0, 0}));
}

TEST(CsvReader, ReadsPieceByPiece) {
  CsvReader reader(open_text("a\n1\n2\n3\n"), {});
  EXPECT_EQ(reader.read(2, {}).n_rows, 2U);
  EXPECT_EQ(reader.read(2, {}).n_rows, 1U);
  EXPECT_EQ(reader.read(2, {}).n_rows, 0U);
  // printf 'a\n1\n2\n3\n' | sha256sum
  EXPECT_EQ(reader.sha256(), "9ddfd5aa6412699cec333a34ae2e97020142785977b7fb24aaf8cd92f107b7c4");
}

TEST(CsvReader, RowsOfTheWriterComeBack) {
  const std::vector<Cells> rows = {{"plain", "a,b", "quote \" inside"},
                                   {"", "line\nfeed", "carriage\rreturn"},
                                   {"\"", "\r\n", ",,"},
                                   {"emoji \xf0\x9f\x99\x82", "'single'", "end "}};
  std::string text;
  append_csv_row(text, Cells{"a", "b", "c"});
  for (const Cells& row : rows) append_csv_row(text, row);
  for (const std::size_t chunk : {1U, 7U, 4096U}) {
    const Table table = read_text(text, {}, chunk);
    ASSERT_EQ(table.n_rows, rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      EXPECT_EQ(cells_of(table, "a")[i], rows[i][0]);
      EXPECT_EQ(cells_of(table, "b")[i], rows[i][1]);
      EXPECT_EQ(cells_of(table, "c")[i], rows[i][2]);
    }
  }
}

TEST(CsvReader, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(error_of(""), "<text>: empty; expected a header line with field names");
  EXPECT_EQ(error_of("a,b\n1,2\n\n3\n"), "<text>:4: expected 2 cells, got 1");
  EXPECT_EQ(error_of("a,b\n1,\"x\ny\"\n3,4,5\n"), "<text>:4: expected 2 cells, got 3");
  EXPECT_EQ(error_of("a,b\n1,2\n3,\"open\n\n"), "<text>:3: quote is never closed");
  EXPECT_EQ(error_of("a,b\n\"1\"x,2\n"),
            "<text>:2: expected a comma or the end of the line after a closing quote, got \"x\"");
  EXPECT_EQ(error_of(std::string("a,b\n1,\0\n", 8)), "<text>:2: NUL byte; is this a text file?");
  EXPECT_EQ(error_of("a,b\n1,\xff\n"), "<text>:2: column \"b\": not UTF-8 text");
  EXPECT_EQ(error_of("a,a\n1,2\n"), "<text>: column \"a\" stands twice in the header");
  EXPECT_EQ(error_of("severity_code,b\n1,2\n", {.wanted = {"severty_code", "zz"}}),
            "<text>: no column \"severty_code\"; did you mean \"severity_code\"?, nor \"zz\"");
}

TEST(CsvReader, RefusesWhatIsNoFile) {
  const auto message_of = [](const char* path) -> std::string {
    try {
      open_file(path);
    } catch (const InputError& error) {
      return error.what();
    }
    return "nothing was thrown";
  };
  EXPECT_EQ(message_of("/nowhere.csv"), "/nowhere.csv: cannot be read: No such file or directory");
  EXPECT_EQ(message_of("/"), "/: not a regular file");
  EXPECT_EQ(message_of("/dev/zero"), "/dev/zero: not a regular file");
}

}  // namespace
}  // namespace resml
