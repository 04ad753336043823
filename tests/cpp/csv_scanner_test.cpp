#include "resml/data/csv_scanner.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "csv_outcome.hpp"
#include "resml/base/file.hpp"
#include "resml/base/rng.hpp"

namespace resml {
namespace {

// Every way of reading gives what reading byte by byte gives.
void expect_one_outcome(const std::string& text, const CsvColumns& columns) {
  const std::string expected = csv_outcome(text, columns, {1, ScanPath::Portable});
  for (const ScanPath path : scan_paths()) {
    for (std::size_t chunk = 1; chunk <= 80; ++chunk) {
      ASSERT_EQ(csv_outcome(text, columns, {chunk, path}), expected) << chunk << "\n" << text;
    }
    ASSERT_EQ(csv_outcome(text, columns, {CsvReader::kChunkBytes, path}), expected) << text;
  }
}

TEST(CsvScanner, FindsSeparatorsThatAreNotBetweenQuotes) {
  const std::string text = "ab,\"c,\n\"\"\",d\r\n\"e\",,\n";
  CellBorders borders;
  CsvScanner scanner;
  EXPECT_EQ(scanner.scan(text.data(), 0, text.size(), borders), CsvScanner::kNoFault);
  borders.starts.resize(borders.n_starts);
  EXPECT_EQ(borders.starts, (std::vector<std::uint32_t>{0, 3, 11, 14, 18, 19, 20}));
  ASSERT_EQ(borders.row_ends.size(), 2U);
  EXPECT_EQ(borders.row_ends[0].next, 3U);
  EXPECT_EQ(borders.row_ends[1].next, 6U);
  EXPECT_EQ(borders.row_ends[1].n_cells, 3U);
  EXPECT_EQ(scanner.line_feeds(), 3U);
}

TEST(CsvScanner, KeepsOnlySeparatorsAroundTheColumns) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += i < 199 ? "x," : "x\n";
  CellBorders borders;
  CsvScanner scanner;
  scanner.restart(std::vector<std::size_t>{70, 0}, 200, 0);
  EXPECT_EQ(scanner.n_kept_before(0), 0U);
  EXPECT_EQ(scanner.n_kept_before(70), 2U);
  scanner.scan(text.data(), 0, text.size(), borders);
  borders.starts.resize(borders.n_starts);
  EXPECT_EQ(borders.starts, (std::vector<std::uint32_t>{0, 2, 140, 142, 400}));
  EXPECT_EQ(borders.row_ends[0].n_cells, 200U);
}

TEST(CsvScanner, StopsAtTextAfterAClosingQuote) {
  const std::string text = std::string(100, 'x') + ",\"a\"b,\n";
  CellBorders borders;
  EXPECT_EQ(CsvScanner().scan(text.data(), 0, text.size(), borders), 104U);
}

TEST(CsvScanner, EveryPathAndChunkGivesTheSameForHostileCells) {
  expect_one_outcome(
      "\xef\xbb\xbf"
      "a, b,\"c\"\r\n"
      "\"1,\"\"2\"\"\r\n\", \"x\",plain \"quoted\" text, and 5\" more\r\n"
      "  \n\t\r\n\r\n"
      "\"\",\"\"\"\",\"\"\"\"\"\"\n"
      ",,\n"
      "\xf0\x9f\x99\x82,       \"far from the comma\",\r\r\n"
      "\"" +
          std::string(200, '\n') + "\",1,2",
      {});
}

// Letters that mean something to a CSV reader, at random: well-formed and broken texts.
TEST(CsvScanner, EveryPathAndChunkGivesTheSameForRandomTexts) {
  constexpr std::string_view kLetters = "a,,\"\"\n\r x";
  Rng rng(7);
  for (int i = 0; i < 300; ++i) {
    std::string text = "a,b\n";
    const std::uint64_t size = rng.below(200);
    for (std::uint64_t k = 0; k < size; ++k) text += kLetters[rng.below(kLetters.size())];
    expect_one_outcome(text, {});
  }
}

TEST(CsvScanner, EveryPathAndChunkGivesTheSameForWhatFuzzingFound) {
  std::size_t n_files = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(RESML_TEST_DATA "/fuzz/csv_reader_fuzz")) {
    expect_one_outcome(read_file(file.path()), {});
    expect_one_outcome(read_file(file.path()), {.wanted = {"b"}, .if_present = {"a"}});
    ++n_files;
  }
  EXPECT_GT(n_files, 0U);
}

}  // namespace
}  // namespace resml
