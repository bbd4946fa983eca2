#include "client/events/redis_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace aifx::events {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::StatusIs;

TEST(RedisUrlTest, ReadsEveryPart) {
  ASSERT_OK_AND_ASSIGN(RedisTarget target, ParseRedisUrl("redis://u:p%40ss%2F@cache.example:7/3"));
  EXPECT_EQ(target.host, "cache.example");
  EXPECT_EQ(target.port, 7);
  EXPECT_EQ(target.user, "u");
  EXPECT_EQ(target.password, "p@ss/");
  EXPECT_EQ(target.database, 3);
  EXPECT_EQ(target.ToString(), "redis://cache.example:7/3");
  ASSERT_OK_AND_ASSIGN(target, ParseRedisUrl("redis://localhost"));
  EXPECT_EQ(target.port, 6379);
  EXPECT_EQ(target.password, "");
  ASSERT_OK_AND_ASSIGN(target, ParseRedisUrl("redis://:only@[::1]:6380/"));
  EXPECT_EQ(target.host, "::1");
  EXPECT_EQ(target.user, "");
  EXPECT_EQ(target.password, "only");
  EXPECT_EQ(target.ToString(), "redis://[::1]:6380/0");
}

struct BadUrl {
  const char* url;
  const char* want;
};

TEST(RedisUrlTest, SaysWhatIsWrongAndNeverRepeatsThePassword) {
  const BadUrl cases[] = {
      {"", "does not begin with redis://"},
      {"http://u:hunter2@h", "does not begin with redis://"},
      {"rediss://u:hunter2@h", "TLS"},
      {"redis://", "no valid host"},
      {"redis://hunter2@h", "user without a password"},
      {"redis://u:@h", "empty password"},
      {"redis://u:hunter2%4@h", "two hex digits"},
      {"redis://u:hunter2%zz@h", "two hex digits"},
      {"redis://u:hunter2@h:0", "no valid port"},
      {"redis://u:hunter2@h:", "no valid port"},
      {"redis://u:hunter2@h:x", "no valid port"},
      {"redis://u:hunter2@[::1", "without its `]`"},
      {"redis://u:hunter2@[::1]6379", "no valid port"},
      {"redis://u:hunter2@h/x", "database"},
      {"redis://u:hunter2@h/-1", "database"},
      {"redis://u:hunter2@h h", "no valid host"},
      {"redis://u:hunter2@h?x=1", "no valid host"},
  };
  for (const BadUrl& test : cases) {
    EXPECT_THAT(ParseRedisUrl(test.url),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(test.want), Not(HasSubstr("hunter2")))))
        << test.url;
  }
}

}  // namespace
}  // namespace aifx::events
