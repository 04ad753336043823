#include "resml/data/python_text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace resml {
namespace {

// Every expected text is what python3's repr() prints.
TEST(PythonText, ReprQuotesAndEscapes) {
  EXPECT_EQ(python_repr(""), "''");
  EXPECT_EQ(python_repr("plain"), "'plain'");
  EXPECT_EQ(python_repr("it's"), "\"it's\"");
  EXPECT_EQ(python_repr("say \"x\""), "'say \"x\"'");
  EXPECT_EQ(python_repr("both ' and \""), "'both \\' and \"'");
  EXPECT_EQ(python_repr("a\nb\r\t\\\x01\x7f"), "'a\\nb\\r\\t\\\\\\x01\\x7f'");
  EXPECT_EQ(python_repr(std::string(1, '\0')), "'\\x00'");
}

TEST(PythonText, ReprEscapesWhatDoesNotPrint) {
  EXPECT_EQ(python_repr("\xc3\xa4\xe6\x97\xa5\xf0\x9f\x99\x82"),
            "'\xc3\xa4\xe6\x97\xa5\xf0\x9f\x99\x82'");
  EXPECT_EQ(python_repr("\xc2\x80\xc2\xa0\xc2\xad"), "'\\x80\\xa0\\xad'");
  EXPECT_EQ(python_repr("\xe2\x80\x8b\xe2\x80\xa8\xe3\x80\x80"), "'\\u200b\\u2028\\u3000'");
  EXPECT_EQ(python_repr("\xef\xbb\xbf\xee\x80\x80"), "'\\ufeff\\ue000'");
  EXPECT_EQ(python_repr("\xf3\xa0\x80\x81"), "'\\U000e0001'");
}

TEST(PythonText, FloatsHaveTheShortestDigits) {
  EXPECT_EQ(python_float(1), "1.0");
  EXPECT_EQ(python_float(-0.0), "-0.0");
  EXPECT_EQ(python_float(0.1), "0.1");
  EXPECT_EQ(python_float(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(python_float(123456.789), "123456.789");
  EXPECT_EQ(python_float(1e15), "1000000000000000.0");
  EXPECT_EQ(python_float(9999999999999998), "9999999999999998.0");
  EXPECT_EQ(python_float(1e16), "1e+16");
  EXPECT_EQ(python_float(1.2345678901234568e17), "1.2345678901234568e+17");
  EXPECT_EQ(python_float(0.00012345), "0.00012345");
  EXPECT_EQ(python_float(-1e-5), "-1e-05");
  EXPECT_EQ(python_float(5e-324), "5e-324");
  EXPECT_EQ(python_float(1.7976931348623157e308), "1.7976931348623157e+308");
  EXPECT_EQ(python_float(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(python_float(std::numeric_limits<double>::quiet_NaN()), "nan");
}

}  // namespace
}  // namespace resml
