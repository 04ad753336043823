#include "resml/data/sha256.hpp"

#include <gtest/gtest.h>

#include "resml/data/background_sha256.hpp"

namespace resml {
namespace {

// The examples of FIPS 180-4.
constexpr const char* kOfNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* kOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* kOfAMillionA =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, GivesTheKnownAnswers) {
  Sha256 sha;
  EXPECT_EQ(sha.hex_digest(), kOfNothing);
  sha.update("a");
  sha.update("bc");
  EXPECT_EQ(sha.hex_digest(), kOfAbc);
}

TEST(BackgroundSha256, GivesTheSameOnItsOwnThread) {
  std::string text(1000, 'a');
  BackgroundSha256 sha;
  sha.update(text);
  sha.start();
  for (int i = 1; i < 1000; ++i) {
    sha.update(text);
    if (i % 100 == 0) {
      // The memory is free again: what is written there now is not hashed.
      sha.wait_for(text);
      text.assign(text.size(), 'b');
      text.assign(text.size(), 'a');
    }
  }
  EXPECT_EQ(sha.hex_digest(), kOfAMillionA);
}

TEST(BackgroundSha256, CanBeLeftWithBytesWaiting) {
  const std::string text(1 << 20, 'a');
  BackgroundSha256 sha;
  sha.start();
  for (int i = 0; i < 8; ++i) sha.update(text);
}

}  // namespace
}  // namespace resml
