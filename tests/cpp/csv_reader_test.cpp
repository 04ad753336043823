#include "resml/data/csv_reader.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stop_token>

#include "error_of.hpp"
#include "open_text.hpp"
#include "resml/base/error.hpp"
#include "resml/base/rng.hpp"
#include "resml/data/csv_writer.hpp"
#include "temp_folder.hpp"

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
  return resml::error_of<InputError>([&] { read_text(std::move(text), columns); });
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

// The rules of csv_reader.hpp once more, byte by byte and as simple as can be.
struct PlainReader {
  std::vector<Cells> rows;
  bool is_broken = false;

  explicit PlainReader(std::string_view text) {
    while (!text.empty() && !is_broken) read_row(text);
  }

 private:
  void read_row(std::string_view& text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::string_view blank = line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
    if (blank.find_first_not_of(" \t") == std::string_view::npos) {
      return text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    Cells row;
    while (read_cell(text, row.emplace_back()) && !is_broken) {
    }
    if (!rows.empty() && row.size() != rows[0].size()) is_broken = true;
    if (!is_broken) rows.push_back(row);
  }

  // Whether another cell follows in the row.
  bool read_cell(std::string_view& text, std::string& cell) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (!text.starts_with('"')) {
      const std::size_t end = std::min(text.find_first_of(",\n"), text.size());
      cell = text.substr(0, end);
      const bool more = end < text.size() && text[end] == ',';
      if (!more && cell.ends_with('\r')) cell.pop_back();
      text.remove_prefix(std::min(end + 1, text.size()));
      return more;
    }
    for (text.remove_prefix(1);; text.remove_prefix(1)) {
      is_broken = text.empty();
      if (is_broken) return false;
      if (text[0] == '"') {
        text.remove_prefix(1);
        if (!text.starts_with('"')) break;
      }
      cell += text[0];
    }
    if (text.starts_with("\r\n") || text == "\r") text.remove_prefix(1);
    is_broken = !text.empty() && text[0] != ',' && text[0] != '\n';
    const bool more = text.starts_with(',');
    if (!text.empty()) text.remove_prefix(1);
    return more;
  }
};

TEST(CsvReader, AgreesWithAPlainReaderOnRandomTexts) {
  constexpr std::string_view kPieces[] = {"a", ",",  ",",    "\n", "\r\n",    "\"",   "\",\"",
                                          " ", "\r", "\"\"", "b",  "\"a,b\"", "\"\n", "0123456789"};
  Rng rng(11);
  int n_whole = 0;
  for (int i = 0; i < 30000; ++i) {
    std::string text = "1,2\n";
    const std::uint64_t n_pieces = rng.below(12);
    for (std::uint64_t k = 0; k < n_pieces; ++k) text += kPieces[rng.below(std::size(kPieces))];
    const PlainReader expected(text);
    if (expected.is_broken) {
      ASSERT_NE(error_of(text), "(nothing was thrown)") << text;
      continue;
    }
    ++n_whole;
    ASSERT_EQ(error_of(text), "(nothing was thrown)") << resml::quoted(text);
    const Table table = read_text(text);
    ASSERT_EQ(table.n_rows + 1, expected.rows.size()) << text;
    for (std::size_t row = 0; row < table.n_rows; ++row) {
      for (std::size_t column = 0; column < 2; ++column) {
        const Column& cells = table.columns[column];
        ASSERT_EQ(cells.values[cells.codes[row]], expected.rows[row + 1][column]) << text;
      }
    }
  }
  EXPECT_GT(n_whole, 1000);
}

TEST(CsvReader, RandomRowsOfTheWriterComeBack) {
  constexpr std::string_view kPieces[] = {"\"",   ",",
                                          "\r",   "\n",
                                          "\r\n", "\xef\xbb\xbf",
                                          "x",    "\xf0\x9f\x99\x82",
                                          " ",    "0123456789012345678901234567890123456789"};
  Rng rng(5);
  std::string text = "a,b,c\r\n";
  std::vector<Cells> rows;
  for (int i = 0; i < 2000; ++i) {
    Cells row(3);
    for (std::string& cell : row) {
      const std::uint64_t n_pieces = rng.below(6);
      for (std::uint64_t k = 0; k < n_pieces; ++k) cell += kPieces[rng.below(std::size(kPieces))];
    }
    append_csv_row(text, row);
    rows.push_back(row);
  }
  const Table table = read_text(text);
  ASSERT_EQ(table.n_rows, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t k = 0; k < 3; ++k) {
      std::string cell = rows[i][k];
      // Blanks before a cell without quotes are not part of it.
      if (cell.find_first_of(",\"\r\n") == std::string::npos)
        cell = cell.substr(std::min(cell.find_first_not_of(' '), cell.size()));
      ASSERT_EQ(table.columns[k].values[table.columns[k].codes[i]], cell);
    }
  }
}

TEST(CsvReader, BlankLinesAndLineEndsOfAllKinds) {
  EXPECT_EQ(read_text("a").n_rows, 0U);
  EXPECT_EQ(read_text("\r\n \n\na\n").columns[0].name, "a");
  EXPECT_EQ(cells_of(read_text("a\n\"\"\n\n\t\n \r\nx\r\n\"y\"\r"), "a"), (Cells{"", "x", "y"}));
  EXPECT_EQ(cells_of(read_text("a,b\n1,\n2,x\r"), "b"), (Cells{"", "x"}));
}

TEST(CsvReader, ColumnsThatMayBeMissing) {
  const Table table =
      read_text("a,b,c\n1,2,3\n", {.wanted = {"c", "c"}, .if_present = {"z", "a", "c"}});
  ASSERT_EQ(table.columns.size(), 2U);
  EXPECT_EQ(table.columns[0].name, "c");
  EXPECT_EQ(table.columns[1].name, "a");
  EXPECT_EQ(cells_of(table, "a"), Cells{"1"});
}

// Rows before the one that is wrong are handed out first.
TEST(CsvReader, AnErrorComesWhenItsRowIsReached) {
  CsvReader reader(open_text("a,b\n1,2\n3,4\n5\n"), {});
  EXPECT_EQ(reader.read(2, {}).n_rows, 2U);
  EXPECT_EQ(resml::error_of<InputError>([&] { reader.read(2, {}); }),
            "<text>:4: expected 2 cells, got 1");
}

TEST(CsvReader, HashesOnAnotherThreadGiveTheSame) {
  std::string text = "a,b\n";
  for (int i = 0; i < 20000; ++i) text += concat("row ", i, ",\"x\"\n");
  const auto read_with = [&](unsigned threads) {
    CsvReader reader(open_text(text), {}, 1000);
    FitContext context;
    context.threads = threads;
    const Table table = reader.read(kAll, context);
    EXPECT_EQ(cells_of(table, "a").back(), "row 19999");
    return reader.sha256();
  };
  EXPECT_EQ(read_with(2), read_with(1));
}

TEST(CsvReader, ReportsBytesAndStops) {
  std::string text = "a\n";
  for (int i = 0; i < 1000; ++i) text += "x\n";
  CsvReader reader(open_text(text), {}, 100);
  FitContext context;
  std::stop_source stop;
  context.stop = stop.get_token();
  std::size_t done = 0;
  context.on_progress = [&](const Progress& progress) {
    EXPECT_EQ(progress.what, "reading <text>");
    EXPECT_EQ(progress.total, text.size());
    EXPECT_GE(progress.done, done);
    done = progress.done;
    if (done > 1000) stop.request_stop();
  };
  EXPECT_EQ(resml::error_of<Cancelled>([&] { reader.read(kAll, context); }), "stopped");
  EXPECT_LT(done, 1300U);
}

TEST(CsvReader, AQuoteThatIsNeverClosedTakesLittleMemory) {
  const std::string text = "a,b\n1,2\n3,\"" + std::string(std::size_t{1} << 25, '\n');
  EXPECT_EQ(error_of(text), "<text>:3: row longer than 16 MiB; is a quote never closed?");
}

TEST(CsvReader, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(error_of(""), "<text>: empty; expected a header line with field names");
  EXPECT_EQ(error_of("a,b\n1,2\n\n3\n"), "<text>:4: expected 2 cells, got 1");
  EXPECT_EQ(error_of("a,b\n1,\"x\ny\"\n3,4,5\n"), "<text>:4: expected 2 cells, got 3");
  EXPECT_EQ(error_of("a,b\n1,2\n3,\"open\n\n"), "<text>:3: quote is never closed");
  EXPECT_EQ(error_of("a,b\n\"1\"x,2\n"),
            "<text>:2: expected a comma or the end of the line after a closing quote, got \"x\"");
  EXPECT_EQ(error_of(std::string("a,b\n1,\0\n", 8)), "<text>:2: NUL byte; is this a text file?");
  EXPECT_EQ(error_of("a,b\n1,\xff\n"),
            "<text>:2: column \"b\": not UTF-8 text; save the file as UTF-8");
  EXPECT_EQ(error_of("a,b\n\"\n\",\xff\n\xff,\n"),
            "<text>:3: column \"b\": not UTF-8 text; save the file as UTF-8");
  EXPECT_EQ(error_of("a,b\n1,\"\"\xc3\xa4\n"),
            "<text>:2: expected a comma or the end of the line after a closing quote, got a letter "
            "beyond ASCII");
  EXPECT_EQ(error_of("a\xff,b\n"),
            "<text>:1: the header is not UTF-8 text; save the file as UTF-8");
  EXPECT_EQ(error_of("a\n1,2\n"), "<text>:2: expected 1 cell, got 2");
  EXPECT_EQ(error_of("\n \n"), "<text>: empty; expected a header line with field names");
  EXPECT_EQ(error_of("a,a\n1,2\n"), "<text>: column \"a\" stands twice in the header");
  EXPECT_EQ(error_of("severity_code,b\n1,2\n", {.wanted = {"severty_code", "zz"}}),
            "<text>: no column \"severty_code\", nor \"zz\"; did you mean \"severity_code\"?");
  EXPECT_EQ(error_of("kind,size\n1,2\n", {.wanted = {"zz"}}),
            "<text>: no column \"zz\"; the columns are kind, size");
  EXPECT_EQ(error_of("kind;size\n1;2\n", {.wanted = {"kind"}}),
            "<text>: no column \"kind\"; the only column is \"kind;size\", cells are separated by "
            "commas");
}

TEST(CsvReader, AFileThatShrinksIsAnError) {
  const TempFolder folder;
  const std::string path = (folder.path() / "shrinking.csv").string();
  std::ofstream(path) << "a\n" << std::string(100, 'x');
  auto source = open_file(path);
  std::filesystem::resize_file(path, 10);
  EXPECT_EQ(resml::error_of<InputError>([&] {
              CsvReader reader(std::move(source), {});
              reader.read(kAll, {});
            }),
            path + ": became shorter while it was read: 10 of 102 bytes");
}

TEST(CsvReader, RefusesWhatIsNoFile) {
  const auto message_of = [](const char* path) {
    return resml::error_of<InputError>([&] { open_file(path); });
  };
  EXPECT_EQ(message_of("/nowhere.csv"), "/nowhere.csv: cannot be read: No such file or directory");
  EXPECT_EQ(message_of("/"), "/: not a regular file");
  EXPECT_EQ(message_of("/dev/zero"), "/dev/zero: not a regular file");
}

}  // namespace
}  // namespace resml
