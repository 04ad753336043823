#include "resml/learn/narrow_codes.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"
#include "resml/base/error.hpp"

namespace resml {
namespace {

TEST(NarrowCodes, TakeTheSmallestTypeAndComeBack) {
  const std::vector<std::vector<std::uint32_t>> lists = {
      {}, {0, 255}, {256}, {65535}, {65536, 0xffffffff}};
  const std::vector<std::size_t> types = {2, 2, 3, 3, 5};  // of Array
  for (std::size_t i = 0; i < lists.size(); ++i) {
    TensorBundle bundle;
    add_codes(bundle, "codes", lists[i]);
    EXPECT_EQ(bundle.tensors().at("codes").values->index(), types[i]);
    EXPECT_EQ(load_codes(bundle, "codes", std::uint64_t{1} << 32), lists[i]);
  }
}

TEST(NarrowCodes, NamesWhatIsNotACode) {
  TensorBundle bundle;
  add_codes(bundle, "codes", {3, 7});
  bundle.add("shares", std::vector<double>{1});
  EXPECT_EQ(error_of<ModelFileError>([&] { load_codes(bundle, "codes", 7); }),
            "array \"codes\": expected codes below 7, got 7");
  EXPECT_EQ(error_of<ModelFileError>([&] { load_codes(bundle, "other", 7); }),
            "array \"other\": missing");
  EXPECT_THROW(load_codes(bundle, "shares", 7), ModelFileError);
}

}  // namespace
}  // namespace resml
