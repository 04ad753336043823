#include "resml/encode/feature_encoder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "error_of.hpp"
#include "resml/base/error.hpp"
#include "small_source.hpp"

namespace resml {
namespace {

FeatureEncoder fit(const Table& table, const std::string& name = "seen_date",
                   const std::string& type = "date") {
  const std::vector<std::uint64_t> counts(table.n_rows, 1);
  return FeatureEncoder::fit(table, counts,
                             choose_features(table, std::vector{name}, {{name, type}}));
}

// Friday, 2017-07-14 02:40 UTC, three days before create_date; the day after, one day before it;
// nothing.
TEST(FeatureEncoder, ADateByHand) {
  const Table table = source_of(
                          "seen_date,create_date\n1500000000000,1500259200000\n"
                          "1500086400000,1500172800000\n,1500000000000\n")
                          .table;
  const CompactRows rows = fit(table).transform(table);
  const auto expect_row = [&](std::size_t i, const std::vector<std::uint32_t>& active, double day,
                              double age) {
    EXPECT_TRUE(std::ranges::equal(rows.active_of(i), active)) << i;
    ASSERT_EQ(rows.numbers_of(i).size(), 2U);
    EXPECT_NEAR(rows.numbers_of(i)[0], day, 1e-9) << i;
    EXPECT_NEAR(rows.numbers_of(i)[1], age, 1e-9) << i;
  };
  expect_row(0, {4, 7 + 2}, -1, 1);
  expect_row(1, {5, 7 + 2}, 1, -1);
  expect_row(2, {7 + 24}, 0, 0);
}

TEST(FeatureEncoder, ABreathBeforeMidnightBelongsToTheDayThatEnds) {
  const Table table = source_of("seen_date\n-1e-9\n-1e-300\n-1\n86399999.99999999").table;
  const CompactRows rows = fit(table).transform(table);
  ASSERT_EQ(rows.n_indicators, 7U + 24U);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows.active_of(i).front(), i < 3 ? 2U : 3U) << i;  // Wednesday, Thursday
    EXPECT_EQ(rows.active_of(i).back(), 7U + 23U) << i;
  }
}

TEST(FeatureEncoder, ADateBeyondAnyCalendarIsNew) {
  const FeatureEncoder encoder = fit(
      source_of("seen_date,create_date\n1500000000000,1500000000000\n1500100000000,1e300").table);
  std::string csv = "seen_date,create_date";
  for (const char* date : {"1e16", "2.0154606465342494e231", "-5.7e135", "1.7e308", "-1.7e308"}) {
    csv += concat("\n", date, ",1500000000000\n1500000000000,", date);
  }
  const Table table = source_of(csv).table;
  const CompactRows rows = encoder.transform(table);
  const std::vector<std::string> notes = encoder.notes(table);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool is_date = i % 2 == 1;
    EXPECT_EQ(rows.active_of(i).size(), is_date ? 2U : 0U) << i;
    for (const std::uint32_t j : rows.active_of(i)) EXPECT_LT(j, rows.n_indicators) << i;
    for (const double x : rows.numbers_of(i)) EXPECT_LT(std::abs(x), 10) << i;
    EXPECT_EQ(notes[i].starts_with("seen_date: new value"), !is_date) << i;
  }
}

TEST(FeatureEncoder, WhatIsNeitherTrueNorFalseCannotBeLearntFromAsBoolean) {
  const Table table = source_of("confirmed\nTrue\n\"  false\"\n\"  None\"\nYes").table;
  EXPECT_EQ(error_of<InputError>([&] { fit(table, "confirmed", "boolean"); }),
            "field \"confirmed\": expected True or False, got \"Yes\"; set types = "
            "confirmed:category to treat it as text");
}

TEST(FeatureEncoder, TextAndWhatIsNotThereCannotBeLearntFrom) {
  const Table table = source_of("notes\nsome words").table;
  EXPECT_EQ(error_of<InputError>([&] { fit(table, "notes", "text"); }),
            "field \"notes\": text cannot be learnt from in this version; leave it out of the "
            "features, or set types = notes:category to take every distinct text as a value of its "
            "own");
  EXPECT_EQ(error_of<InputError>([&] { fit(table, "name", "category"); }),
            "no column \"name\" among the samples");
}

TEST(FeatureEncoder, ADateThatIsNoneCannotBeLearntFrom) {
  EXPECT_EQ(error_of<InputError>([] { fit(source_of("seen_date\n1500000000000\n1e300").table); }),
            "field \"seen_date\": expected a date in milliseconds since 1970, got \"1e300\"; set "
            "types = seen_date:category to treat it as text");
}

// Sums over such numbers stay finite: what is fitted can be saved, read and asked.
TEST(FeatureEncoder, TheLargestNumbersAreLearntFrom) {
  const Table table = source_of("amount\n1.7e308\n1.7e308\n1.7e308\n-1.7e308\n2.5\n").table;
  const std::vector<std::uint64_t> counts(table.n_rows, 1);
  const std::vector<std::string> names = {"amount"};
  for (const auto& features : {choose_features(table, names, {{"amount", "number"}}),
                               choose_original_features(table, names)}) {
    const FeatureEncoder fitted = FeatureEncoder::fit(table, counts, features);
    const CompactRows rows = FeatureEncoder::load(fitted.save()).transform(table);
    EXPECT_EQ(rows.numbers, fitted.transform(table).numbers);
    for (const double x : rows.numbers) EXPECT_TRUE(std::isfinite(x));
  }
}

}  // namespace
}  // namespace resml
