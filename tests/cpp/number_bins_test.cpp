#include "resml/learn/number_bins.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

namespace resml {
namespace {

TEST(NumberBins, OneForEachValueWhereTheyAreFew) {
  const NumberBins made = make_bins(std::vector<double>{3, 1, 3, 7, -2}, 4);
  EXPECT_EQ(made.cuts, (std::vector<double>{-0.5, 2, 5}));
  EXPECT_EQ(made.bins, (std::vector<std::uint16_t>{2, 1, 2, 3, 0}));
  EXPECT_TRUE(make_bins(std::vector<double>{5, 5}, 4).cuts.empty());
  EXPECT_TRUE(make_bins({}, 4).cuts.empty());
}

TEST(NumberBins, OfAboutEquallyManyRowsWhereTheyAreMany) {
  std::vector<double> values(1000);
  std::iota(values.begin(), values.end(), 0.0);
  std::fill(values.begin(), values.begin() + 400, -1.0);
  const NumberBins made = make_bins(values, 4);
  EXPECT_EQ(made.cuts, (std::vector<double>{199.5, 599.5, 799.5}));
}

TEST(NumberBins, AValueThatEqualsACutLiesBelowIt) {
  const double next = std::nextafter(1.0, 2.0);
  const NumberBins made = make_bins(std::vector<double>{next, 1}, 4);
  EXPECT_EQ(made.cuts, (std::vector<double>{1}));
  EXPECT_EQ(made.bins, (std::vector<std::uint16_t>{1, 0}));
  const double huge = std::numeric_limits<double>::max();
  EXPECT_EQ(make_bins(std::vector<double>{huge, -huge}, 4).cuts, (std::vector<double>{0}));
}

}  // namespace
}  // namespace resml
