#include "client/http/rate_limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace aifx::http {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'528'797'600);

std::vector<RateLimit> Parse(Headers headers) {
  return ParseRateLimits({.status = 200, .headers = std::move(headers), .body = ""}, kNow);
}

TEST(RateLimitTest, ReadsEveryForm) {
  const RateLimit want = {"", 100, 9, absl::Seconds(30)};
  struct Case {
    const char* name;
    Headers headers;
  };
  for (const Case& c : std::vector<Case>{
           {"three headers",
            {{"ratelimit-limit", "100"}, {"ratelimit-remaining", "9"}, {"ratelimit-reset", "30"}}},
           {"with a policy",
            {{"RateLimit-Limit", "100, 100;w=60"},
             {"RateLimit-Remaining", "9"},
             {"RateLimit-Reset", "30"}}},
           {"one header", {{"RateLimit", "limit=100, remaining=9, reset=30"}}},
           {"one header, close together", {{"ratelimit", "limit=100,remaining=9,reset=30"}}},
           {"one header on three lines",
            {{"RateLimit", "limit=100"}, {"RateLimit", "remaining=9"}, {"RateLimit", "reset=30"}}},
           {"by habit, seconds",
            {{"X-RateLimit-Limit", "100"},
             {"X-RateLimit-Remaining", "9"},
             {"X-RateLimit-Reset", "30"}}},
           {"by habit, Unix time",
            {{"X-RateLimit-Limit", "100"},
             {"X-RateLimit-Remaining", "9"},
             {"X-RateLimit-Reset", "1528797630"}}},
           {"by habit, Unix time of a server whose clock is a minute ahead",
            {{"Date", "Tue, 12 Jun 2018 10:01:00 GMT"},
             {"X-RateLimit-Limit", "100"},
             {"X-RateLimit-Remaining", "9"},
             {"X-RateLimit-Reset", "1528797690"}}}}) {
    SCOPED_TRACE(c.name);
    EXPECT_THAT(Parse(c.headers), ElementsAre(want));
  }
}

TEST(RateLimitTest, ReadsNamedPoliciesAndTheirLimits) {
  EXPECT_THAT(Parse({{"RateLimit", R"("a, b";r=9;t=30, "hour";t=1800;r=500)"},
                     {"RateLimit-Policy", R"("hour";q=1000;w=3600)"},
                     {"RateLimit-Policy", R"("a, b";q=100;w=60;pk=:YQ==:)"}}),
              ElementsAre(RateLimit{"a, b", 100, 9, absl::Seconds(30)},
                          RateLimit{"hour", 1000, 500, absl::Minutes(30)}));
  EXPECT_THAT(Parse({{"RateLimit", R"("default"; r=0; t=7)"}}),
              ElementsAre(RateLimit{"default", std::nullopt, 0, absl::Seconds(7)}));
}

TEST(RateLimitTest, TheNewestFormWins) {
  EXPECT_THAT(Parse({{"X-RateLimit-Remaining", "1"},
                     {"X-RateLimit-Reset", "1"},
                     {"RateLimit-Remaining", "2"},
                     {"RateLimit-Reset", "2"},
                     {"RateLimit", "remaining=3, reset=3"}}),
              ElementsAre(RateLimit{"", std::nullopt, 3, absl::Seconds(3)}));
}

TEST(RateLimitTest, ClampsWhatIsTooLong) {
  EXPECT_THAT(
      Parse({{"RateLimit-Remaining", "99999999999999999999999"}, {"RateLimit-Reset", "86400"}}),
      ElementsAre(
          RateLimit{"", std::nullopt, std::numeric_limits<int64_t>::max(), absl::Hours(1)}));
  // A reset that is past already.
  EXPECT_THAT(Parse({{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1500000000"}}),
              ElementsAre(RateLimit{"", std::nullopt, 0, absl::ZeroDuration()}));
}

TEST(RateLimitTest, LeavesOutWhatIsNotWellFormed) {
  for (const char* value :
       {"", "100", "limit=100", "remaining=-1, reset=3", "remaining=1.5, reset=3",
        "remaining=, reset=", "\"a\"", "\"a\";r=1", "\"a\";r=x;t=1", "a;r=1;t=1", ";;;", ",,,", "=",
        "\"", "\"\\", "\"a\\\";r=1;t=1", "\"a;r=1;t=1"}) {
    SCOPED_TRACE(value);
    EXPECT_THAT(Parse({{"RateLimit", value}}), IsEmpty());
  }
  for (const char* value : {"", "-1", "1.5", "x", ",", "\"5\""}) {
    SCOPED_TRACE(value);
    EXPECT_THAT(Parse({{"RateLimit-Remaining", value}, {"RateLimit-Reset", "5"}}), IsEmpty());
    EXPECT_THAT(Parse({{"RateLimit-Remaining", "5"}, {"RateLimit-Reset", value}}), IsEmpty());
  }
  // One odd policy does not spoil the others; very many are cut off.
  EXPECT_THAT(Parse({{"RateLimit", R"("odd";r=no, "a";r=1;t=2)"}}),
              ElementsAre(RateLimit{"a", std::nullopt, 1, absl::Seconds(2)}));
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "\"" + std::to_string(i) + "\";r=1;t=1,";
  EXPECT_THAT(Parse({{"RateLimit", many}}), ::testing::SizeIs(8));
}

}  // namespace
}  // namespace aifx::http
