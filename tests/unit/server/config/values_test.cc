#include "server/config/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace aifx::config {
namespace {

using ::testing::HasSubstr;
using testing::IsOkAndHolds;
using ::testing::Not;
using ::testing::Pair;
using testing::StatusIs;

TEST(ParseHostPortTest, AcceptsNamesAndAddresses) {
  EXPECT_THAT(ParseHostPort("127.0.0.1:50051"), IsOkAndHolds(Pair("127.0.0.1", 50051)));
  EXPECT_THAT(ParseHostPort("localhost:0"), IsOkAndHolds(Pair("localhost", 0)));
  EXPECT_THAT(ParseHostPort("[::1]:65535"), IsOkAndHolds(Pair("::1", 65535)));
}

TEST(ParseHostPortTest, RefusesTheRest) {
  for (const char* text : {"", "127.0.0.1", ":1", "host:", "host:65536", "host:-1", "::1:50051",
                           "[::1", "[]:1", "[::1]50051", "ho st:1", "host:1x"}) {
    EXPECT_THAT(ParseHostPort(text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text)))
        << text;
  }
}

TEST(IsLoopbackHostTest, KnowsNamesFromAddresses) {
  for (const char* host : {"localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "::1"}) {
    EXPECT_TRUE(IsLoopbackHost(host)) << host;
  }
  for (const char* host : {"0.0.0.0", "::", "10.0.0.1", "127.example.com", "localhost.example"}) {
    EXPECT_FALSE(IsLoopbackHost(host)) << host;
  }
}

TEST(ParseBackendUrlTest, AcceptsBasesAndStripsSlashes) {
  EXPECT_THAT(ParseBackendUrl("http://localhost:3000"), IsOkAndHolds("http://localhost:3000"));
  EXPECT_THAT(ParseBackendUrl("https://a.example/base//"), IsOkAndHolds("https://a.example/base"));
  EXPECT_EQ(HostOfUrl("http://[::1]:3000/x"), "::1");
  EXPECT_EQ(HostOfUrl("https://a.example/base"), "a.example");
}

TEST(ParseBackendUrlTest, RefusesWhatCouldHideASecretOrAnotherTarget) {
  for (const char* text :
       {"", "localhost:3000", "ftp://a.example", "http://", "http://a.example?x=1",
        "http://a.example#x", "http://a example", "http://a.example\r\n", "http://a:0",
        "http://a:70000", "http://a.example\\b", "HTTP//a"}) {
    EXPECT_THAT(ParseBackendUrl(text), StatusIs(absl::StatusCode::kInvalidArgument, Not("")))
        << text;
  }
  EXPECT_THAT(ParseBackendUrl("http://user:hunter2@a.example"),
              StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("hunter2"))));
}

TEST(ParseDurationTest, HoldsBothBounds) {
  EXPECT_THAT(ParseDuration("1m30s", absl::Seconds(1), absl::Minutes(2)),
              IsOkAndHolds(absl::Seconds(90)));
  for (const char* text : {"", "5", "1h", "999ms", "-1s", "inf"}) {
    EXPECT_THAT(ParseDuration(text, absl::Seconds(1), absl::Minutes(2)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1s..2m")))
        << text;
  }
}

}  // namespace
}  // namespace aifx::config
