#include "client/http/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace aifx::http {
namespace {

using ::aifx::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(UrlTest, ParsesBaseUrls) {
  struct Case {
    std::string text, scheme, host;
    int port;
    std::string path, normalized;
    bool loopback;
  };
  for (const Case& c : std::vector<Case>{
           {"http://localhost:3000", "http", "localhost", 3000, "", "http://localhost:3000", true},
           {"HTTPS://API.Example.com/v1//", "https", "api.example.com", 443, "/v1",
            "https://api.example.com/v1", false},
           {"http://127.1.2.3/", "http", "127.1.2.3", 80, "", "http://127.1.2.3", true},
           {"http://[::1]:8080", "http", "::1", 8080, "", "http://[::1]:8080", true},
           {"http://app.localhost", "http", "app.localhost", 80, "", "http://app.localhost", true},
           {"http://127.0.0.1.evil.com", "http", "127.0.0.1.evil.com", 80, "",
            "http://127.0.0.1.evil.com", false},
           {"http://localhost.evil.com", "http", "localhost.evil.com", 80, "",
            "http://localhost.evil.com", false},
           {"http://10.0.0.1", "http", "10.0.0.1", 80, "", "http://10.0.0.1", false}}) {
    SCOPED_TRACE(c.text);
    ASSERT_OK_AND_ASSIGN(const BaseUrl url, ParseBaseUrl(c.text));
    EXPECT_EQ(url.scheme, c.scheme);
    EXPECT_EQ(url.host, c.host);
    EXPECT_EQ(url.port, c.port);
    EXPECT_EQ(url.path, c.path);
    EXPECT_EQ(url.text, c.normalized);
    EXPECT_EQ(url.IsLoopback(), c.loopback);
  }
}

TEST(UrlTest, RefusesWhatIsNotABaseUrl) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "http://"},
      {"localhost:3000", "http://"},
      {"ftp://host", "http://"},
      {"http://", "host"},
      {"http://user:hunter2@host", "user information"},
      {"http://host?x=1", "query"},
      {"http://host#top", "fragment"},
      {"http://ho st", "white space"},
      {"http://host\r\nX: 1", "white space"},
      {"http://host:", "port"},
      {"http://host:0", "port"},
      {"http://host:65536", "port"},
      {"http://host:+80", "port"},
      {"http://[::1", "host"},
      {"http://ho\"st", "host"},
      {"http://host\\path", "host"}};
  for (const auto& [text, reason] : cases) {
    SCOPED_TRACE(text);
    EXPECT_THAT(ParseBaseUrl(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                             AllOf(HasSubstr(reason), Not(HasSubstr("hunter2")))));
  }
}

TEST(UrlTest, PercentEncodesAllButUnreservedCharacters) {
  EXPECT_EQ(PercentEncode("EUR/USD"), "EUR%2FUSD");
  EXPECT_EQ(PercentEncode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(PercentEncode("a b&c=\xC3\xA9%"), "a%20b%26c%3D%C3%A9%25");
  EXPECT_EQ(QueryString({}), "");
  EXPECT_EQ(QueryString({{"pair", "EUR/USD"}, {"t", "2018-06-12T10:00:00.000Z"}}),
            "?pair=EUR%2FUSD&t=2018-06-12T10%3A00%3A00.000Z");
}

}  // namespace
}  // namespace aifx::http
