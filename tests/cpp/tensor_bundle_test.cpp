#include "resml/tensor/tensor_bundle.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "error_of.hpp"
#include "resml/base/error.hpp"

namespace resml {
namespace {

TensorBundle small_tree() {
  TensorBundle bundle;
  bundle.add("left", std::vector<std::uint32_t>{1, 3, 5});
  bundle.add("share", std::vector<double>{0.5, 0.25, 1, 2, 3, 4}, {3, 2});
  bundle.add_string("kind", "decision_tree");
  return bundle;
}

TEST(TensorBundle, GivesBackWhatWasAdded) {
  const TensorBundle bundle = small_tree();
  EXPECT_EQ(bundle.values<std::uint32_t>("left"), (std::vector<std::uint32_t>{1, 3, 5}));
  EXPECT_EQ(bundle.values<double>("share", 6), (std::vector<double>{0.5, 0.25, 1, 2, 3, 4}));
  EXPECT_EQ(bundle.string("kind"), "decision_tree");
  EXPECT_EQ(bundle.tensors().at("left").shape, (std::vector<std::size_t>{3}));
  EXPECT_EQ(bundle.tensors().at("share").shape, (std::vector<std::size_t>{3, 2}));
}

TEST(TensorBundle, ForgetsAnArray) {
  TensorBundle bundle = small_tree();
  bundle.erase("left");
  bundle.erase("none");
  EXPECT_FALSE(bundle.tensors().contains("left"));
  EXPECT_EQ(bundle.tensors().size(), 1U);
}

TEST(TensorBundle, ChildrenLiveUnderTheirPrefixOnly) {
  TensorBundle parent;
  parent.add("treetop", std::vector<float>{1.5F});
  parent.add_child("tree", small_tree());
  parent.add_child("tree.0", small_tree());
  EXPECT_EQ(parent.tensors().size(), 5U);
  EXPECT_EQ(parent.string("tree.0.kind"), "decision_tree");
  EXPECT_EQ(parent.child("tree.0").tensors().size(), 2U);
  EXPECT_EQ(parent.child("tree").child("0").values<std::uint32_t>("left").size(), 3U);
  EXPECT_TRUE(parent.child("tre").tensors().empty());
}

TEST(TensorBundle, NamesTheArrayThatIsNotAsExpected) {
  TensorBundle bundle;
  bundle.add_child("tree", small_tree());
  EXPECT_EQ(error_of<ModelFileError>([&] { bundle.values<double>("tree.right"); }),
            "array \"tree.right\": missing");
  EXPECT_EQ(error_of<ModelFileError>([&] { bundle.values<double>("tree.left"); }),
            "array \"tree.left\": expected float64, got uint32");
  EXPECT_EQ(error_of<ModelFileError>([&] { bundle.values<std::uint32_t>("tree.left", 12); }),
            "array \"tree.left\": expected 12 values, got 3");
  EXPECT_EQ(error_of<ModelFileError>([&] { bundle.string("tree.left"); }),
            "string \"tree.left\": missing");
}

TEST(TensorBundle, RefusesOurOwnMistakes) {
  TensorBundle bundle = small_tree();
  EXPECT_THROW(bundle.add("left", std::vector<double>{}), std::logic_error);
  EXPECT_THROW(bundle.add_shared("left", std::make_shared<const Array>()), std::logic_error);
  EXPECT_THROW(bundle.add_string("kind", ""), std::logic_error);
  EXPECT_THROW(bundle.add("wide", std::vector<double>(5), {2, 3}), std::logic_error);
  TensorBundle parent;
  parent.add("tree.left", std::vector<double>{});
  EXPECT_THROW(parent.add_child("tree", small_tree()), std::logic_error);
}

}  // namespace
}  // namespace resml
