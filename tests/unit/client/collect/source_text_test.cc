#include "client/collect/source_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/files.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http_client.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::collect {
namespace {

using ::aifx::testing::FakeHttpClient;
using ::aifx::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class SourceTextTest : public ::testing::Test {
 protected:
  auto Read(const std::string& source) { return ReadSource(source, retrier_, {}); }

  ::aifx::testing::FakeClock clock_;
  FakeHttpClient http_;
  http::Retrier retrier_{http_, clock_, [] { return 0.0; }, {.max_attempts = 2}};
};

TEST_F(SourceTextTest, ReadsFiles) {
  ::aifx::testing::TemporaryFolder folder;
  ASSERT_OK(base::WriteFileAtomically(folder / "a.csv", "x\n"));
  ASSERT_OK_AND_ASSIGN(const SourceText read, Read(folder / "a.csv"));
  EXPECT_EQ(read.text, "x\n");
  EXPECT_EQ(read.name, folder / "a.csv");
  EXPECT_EQ(read.origin, "a.csv");
  EXPECT_THAT(Read(folder / "b.csv"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("b.csv")));
}

TEST_F(SourceTextTest, ReadsUrlsWithoutTellingTheirQuery) {
  const std::string url = "http://calendar.test/week.json?key=secret";
  http_.PushJson(503, "");
  http_.PushJson(200, "[]");
  ASSERT_OK_AND_ASSIGN(const SourceText read, Read(url));
  EXPECT_EQ(read.text, "[]");
  EXPECT_EQ(read.name, "http://calendar.test/week.json");
  EXPECT_EQ(http_.requests()[1].url, url);

  http_.PushJson(404, "");
  EXPECT_THAT(Read(url),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("week.json answers HTTP 404"), Not(HasSubstr("secret")))));
  http_.Push(absl::InvalidArgumentError("bad " + url));
  EXPECT_THAT(Read(url), StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("secret"))));
}

TEST_F(SourceTextTest, RefusesUrlsWithAPasswordWithoutTellingIt) {
  for (const char* url :
       {"http://user:s3cret@host/cal.csv", "https://s3cret@host", "http:///u:s3cret@host/cal.csv",
        "HTTP://u:s3cret@host/cal.csv", "ftp://u:s3cret@host/cal.csv", "http://u:s3cret@host?a"}) {
    EXPECT_THAT(CheckSource(url), StatusIs(absl::StatusCode::kInvalidArgument,
                                           AllOf(HasSubstr("password"), Not(HasSubstr("s3cret")))))
        << url;
    EXPECT_THAT(Read(url), StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("s3cret"))));
  }
  EXPECT_TRUE(http_.requests().empty());
  for (const char* source : {"http://host/@user/cal.csv", "http://host?mail=a@b", "a@b.csv", ""}) {
    EXPECT_OK(CheckSource(source));
  }
  EXPECT_EQ(SourceName("http://host/cal.csv#s3cret"), "http://host/cal.csv");
}

}  // namespace
}  // namespace aifx::collect
