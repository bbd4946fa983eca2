#include "core/base/constant_time.h"

#include <gtest/gtest.h>

namespace aifx::base {
namespace {

TEST(EqualInConstantTimeTest, ComparesEveryByteAndTheLength) {
  EXPECT_TRUE(EqualInConstantTime("secret", "secret"));
  EXPECT_TRUE(EqualInConstantTime("", ""));
  EXPECT_FALSE(EqualInConstantTime("secret", "sEcret"));
  EXPECT_FALSE(EqualInConstantTime("secret", "secreT"));
  EXPECT_FALSE(EqualInConstantTime("secret", "secret "));
  EXPECT_FALSE(EqualInConstantTime("secret", ""));
}

}  // namespace
}  // namespace aifx::base
