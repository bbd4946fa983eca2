#include "core/base/json_depth.h"

#include <gtest/gtest.h>

#include <string>

namespace aifx::base {
namespace {

TEST(JsonDepthTest, CountsWhatIsOpenAtATime) {
  EXPECT_FALSE(IsJsonDeeperThan("", 0));
  EXPECT_FALSE(IsJsonDeeperThan("7", 0));
  EXPECT_TRUE(IsJsonDeeperThan("[]", 0));
  EXPECT_FALSE(IsJsonDeeperThan(R"({"a":[1],"b":[2],"c":{}})", 2));
  EXPECT_TRUE(IsJsonDeeperThan(R"({"a":[1],"b":[{}]})", 2));
}

TEST(JsonDepthTest, BracketsInTextsDoNotCount) {
  EXPECT_FALSE(IsJsonDeeperThan(R"(["[[[", "\"[[", "\\", "]"])", 1));
  EXPECT_TRUE(IsJsonDeeperThan(R"(["\\", [1]])", 1));
}

TEST(JsonDepthTest, WhatIsNoJsonIsHarmless) {
  EXPECT_FALSE(IsJsonDeeperThan("]]]][", 1));
  EXPECT_FALSE(IsJsonDeeperThan("[\"\\", 1));
  EXPECT_TRUE(IsJsonDeeperThan(std::string(100'000, '[')));
  EXPECT_FALSE(IsJsonDeeperThan(std::string(kMaxJsonDepth, '[')));
}

}  // namespace
}  // namespace aifx::base
