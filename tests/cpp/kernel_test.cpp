#include "resml/learn/kernel.hpp"

#include <gtest/gtest.h>

#include "training_sets.hpp"

namespace resml {
namespace {

// Random rows of some indicators and two numbers, or none.
CompactRows wide_rows(std::size_t n, std::uint32_t n_indicators, bool has_numbers) {
  Rng rng(1);
  CompactRows rows{.n_indicators = n_indicators, .n_numbers = has_numbers ? 2U : 0U};
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<std::uint32_t> active;
    for (std::uint32_t j = 0; j < n_indicators; ++j) {
      if (rng.below(n_indicators / 8) == 0) active.push_back(j);
    }
    std::vector<double> numbers;
    if (has_numbers) numbers = {rng.uniform() * 4 - 2, rng.uniform()};
    append_row(rows, active, numbers);
  }
  return rows;
}

std::vector<double> dense(const CompactRows& rows, std::size_t i) {
  std::vector<double> row(rows.n_columns(), 0);
  for (const std::uint32_t j : rows.active_of(i)) row[j] = 1;
  for (std::size_t k = 0; k < rows.n_numbers; ++k) {
    row[rows.n_indicators + k] = rows.numbers_of(i)[k];
  }
  return row;
}

// Few columns are compared as bits, many by lists; without numbers distances are looked up.
class KernelOfRows : public testing::TestWithParam<std::tuple<std::uint32_t, bool>> {
 protected:
  static CompactRows rows_of(std::size_t n) {
    return wide_rows(n, std::get<0>(GetParam()), std::get<1>(GetParam()));
  }
};

TEST_P(KernelOfRows, IsWhatDenseRowsGive) {
  const CompactRows rows = rows_of(300);
  const Kernel kernel(rows, 0.05);
  std::vector<float> near(rows.size());
  for (const std::size_t i : {std::size_t{0}, std::size_t{7}, std::size_t{299}}) {
    kernel.values(kernel.point(rows, i), 0, near);
    const std::vector<double> a = dense(rows, i);
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const std::vector<double> b = dense(rows, k);
      double squares = 0;
      for (std::size_t j = 0; j < a.size(); ++j) squares += (a[j] - b[j]) * (a[j] - b[j]);
      EXPECT_NEAR(near[k], std::exp(-0.05 * squares), 1e-6);
    }
    EXPECT_EQ(near[i], 1);
  }
}

TEST_P(KernelOfRows, PartsAndSelectionsAreTheSameBits) {
  const CompactRows rows = rows_of(600);
  const Kernel kernel(rows, 0.1);
  std::vector<float> whole(600);
  kernel.values(kernel.point(rows, 3), 0, whole);
  std::vector<float> part(77);
  kernel.values(kernel.point(rows, 3), 401, part);
  EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + 401));
  const std::vector<std::uint32_t> chosen{599, 2, 300};
  const CompactRows some = select_rows(rows, chosen);
  const Kernel of_some(some, 0.1);
  std::vector<float> values(3);
  of_some.values(of_some.point(rows, 3), 0, values);
  for (std::size_t a = 0; a < 3; ++a) EXPECT_EQ(values[a], whole[chosen[a]]);
}

TEST_P(KernelOfRows, EveryProcessorGivesTheSameBits) {
  const CompactRows rows = rows_of(500);
  const Kernel kernel(rows, 0.1);
  std::vector<float> expected(500);
  kernel.values(kernel.point(rows, 5), 0, expected, SimdLevel::Portable);
  for (const SimdLevel level : {SimdLevel::Avx2, SimdLevel::Avx512}) {
    if (level > simd_level()) continue;
    std::vector<float> values(500);
    kernel.values(kernel.point(rows, 5), 0, values, level);
    EXPECT_EQ(values, expected);
  }
}

INSTANTIATE_TEST_SUITE_P(Columns, KernelOfRows,
                         testing::Combine(testing::Values(40U, 100U, 3000U), testing::Bool()));

TEST(Kernel, FallsToZeroAndStaysFinite) {
  CompactRows rows{.n_numbers = 1};
  append_row(rows, {}, {0});
  append_row(rows, {}, {10});
  append_row(rows, {}, {1e100});
  std::vector<float> values(3);
  const Kernel kernel(rows, 0.25);
  kernel.values(kernel.point(rows, 0), 0, values);
  EXPECT_EQ(values[0], 1);
  EXPECT_NEAR(values[1], std::exp(-25.0), 1e-17);
  EXPECT_LT(values[2], 1e-37);
  const Kernel narrow(rows, 1e200);
  narrow.values(narrow.point(rows, 1), 0, values);
  EXPECT_EQ(values[1], 1);
  EXPECT_LT(values[0], 1e-37);
}

}  // namespace
}  // namespace resml
