#include "client/http/curl_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "client/http/http_failure.h"
#include "core/base/clock.h"
#include "tests/support/raw_http_server.h"
#include "tests/support/status_matchers.h"

namespace aifx::http {
namespace {

using ::aifx::testing::HttpReply;
using ::aifx::testing::RawHttpServer;
using ::aifx::testing::StatusIs;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using Then = RawHttpServer::Then;

// 100,000 zero bytes: Python's gzip.compress(bytes(100000), 9, mtime=0).
constexpr char kGzippedZeros[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc1\x31\x01\x00\x00\x00\xc2\xa0\xf5\x4f\x6d"
    "\x0d\x0f\xa0\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x57\x03\x7d\x95\x11\xd4\xa0\x86\x01\x00";

CurlOptions Options() { return {}; }

absl::StatusOr<HttpResponse> Send(const HttpRequest& request, CurlOptions options = Options(),
                                  const base::CallContext& context = {}) {
  CurlClient client(std::move(options), base::SystemClock());
  return client.Send(request, context);
}

base::CallContext Until(absl::Time deadline) {
  base::CallContext context;
  context.deadline = deadline;
  return context;
}

HttpRequest Get(const std::string& url) { return {.method = "GET", .url = url}; }
HttpRequest Post(const std::string& url, const std::string& body = "{\"a\":1}") {
  return {.method = "POST", .url = url, .headers = {{"X-A", "1"}}, .body = body};
}

TEST(CurlClientTest, SendsMethodHeadersAndBodyAndReturnsTheReplyAsItIs) {
  RawHttpServer server({{{HttpReply(418, "tea", "X-Pot: yes\r\nx-pot: second\r\n")}}});
  HttpRequest request = Post(server.Url("/pour?x=1"), "{\"cups\":2}");
  request.method = "PUT";
  request.headers.push_back({"X-Empty", ""});
  ASSERT_OK_AND_ASSIGN(const HttpResponse response, Send(request));
  EXPECT_EQ(response.status, 418);
  EXPECT_EQ(response.body, "tea");
  EXPECT_EQ(response.Header("X-POT"), "yes");
  EXPECT_EQ(response.Header("X-None"), "");
  ASSERT_THAT(server.requests(), SizeIs(1));
  EXPECT_THAT(server.requests()[0],
              AllOf(StartsWith("PUT /pour?x=1 HTTP/1.1\r\n"), HasSubstr("\r\nX-A: 1\r\n"),
                    HasSubstr("\r\nX-Empty:\r\n"), HasSubstr("\r\nAccept-Encoding: gzip\r\n"),
                    HasSubstr("\r\nContent-Length: 10\r\n"), Not(HasSubstr("Expect")),
                    EndsWith("\r\n\r\n{\"cups\":2}")));
}

TEST(CurlClientTest, ReusesConnections) {
  RawHttpServer server({{{HttpReply(200, "{}")}}});
  CurlClient client(Options(), base::SystemClock());
  for (int i = 0; i < 3; ++i) ASSERT_OK(client.Send(Post(server.Url()), {}));
  EXPECT_EQ(server.connection_count(), 1);
}

class DyingConnectionTest : public ::testing::TestWithParam<std::tuple<Then, std::string>> {};

// libcurl on its own sends the second POST again on a new connection and reports success.
TEST_P(DyingConnectionTest, PostOnAReusedConnectionThatDiesArrivesOnceAndIsAmbiguous) {
  const auto& [death, body] = GetParam();
  RawHttpServer server({{{HttpReply(200, "{}")}, {"", death}}, {{"", death}}});
  CurlClient client(Options(), base::SystemClock());
  ASSERT_OK(client.Send(Get(server.Url()), {}));
  const auto result = client.Send(Post(server.Url("/predictions"), body), {});
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("/predictions")));
  EXPECT_TRUE(HttpFailureOf(result.status()).may_have_arrived);
  EXPECT_THAT(server.requests(), SizeIs(2));
}

INSTANTIATE_TEST_SUITE_P(All, DyingConnectionTest,
                         ::testing::Combine(::testing::Values(Then::kClose, Then::kReset),
                                            ::testing::Values("{\"a\":1}", "")));

TEST(CurlClientTest, RefusedConnectionIsUnavailableAndWasNotSent) {
  int port = 0;
  {
    RawHttpServer server({{{HttpReply(200, "{}")}}});
    port = server.port();
  }
  const auto result = Send(Post(absl::StrCat("http://127.0.0.1:", port, "/x")));
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("/x")));
  EXPECT_FALSE(HttpFailureOf(result.status()).may_have_arrived);
}

TEST(CurlClientTest, SilentServerIsDeadlineExceededByTheNearerLimit) {
  RawHttpServer server({{{"", Then::kHang}}});
  CurlOptions options;
  options.total_timeout = absl::Milliseconds(100);
  const auto by_limit = Send(Post(server.Url()), options);
  EXPECT_THAT(by_limit, StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("100ms")));
  EXPECT_TRUE(HttpFailureOf(by_limit.status()).may_have_arrived);

  const absl::Time start = absl::Now();
  const auto by_deadline =
      Send(Post(server.Url()), Options(), Until(start + absl::Milliseconds(100)));
  EXPECT_THAT(by_deadline, StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("POST")));
  EXPECT_LT(absl::Now() - start, absl::Seconds(3));
}

TEST(CurlClientTest, ServerThatStallsIsUnavailableBeforeTheTotalLimit) {
  RawHttpServer server({{{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n1", Then::kHang}}});
  CurlOptions options;
  options.total_timeout = absl::Seconds(30);
  options.low_speed_time = absl::Seconds(1);
  EXPECT_THAT(Send(Get(server.Url()), options),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("too slow")));
}

TEST(CurlClientTest, PassedDeadlineAndCancelledContextSendNothing) {
  RawHttpServer server({{{HttpReply(200, "{}")}}});
  const auto late = Send(Get(server.Url()), Options(), Until(absl::Now()));
  EXPECT_THAT(late, StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("was sent")));
  EXPECT_FALSE(HttpFailureOf(late.status()).may_have_arrived);
  base::CallContext context;
  context.Cancel();
  EXPECT_THAT(Send(Get(server.Url()), Options(), context),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("cancelled")));
  EXPECT_EQ(server.connection_count(), 0);
}

TEST(CurlClientTest, CancelEndsACallInFlight) {
  RawHttpServer server({{{"", Then::kHang}}});
  base::CallContext context;
  std::thread canceller([&] {
    server.WaitForRequests(1);
    context.Cancel();
  });
  const absl::Time start = absl::Now();
  const auto result = Send(Post(server.Url()), Options(), context);
  canceller.join();
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kCancelled, HasSubstr("cancelled")));
  EXPECT_TRUE(HttpFailureOf(result.status()).may_have_arrived);
  EXPECT_LT(absl::Now() - start, absl::Seconds(4));  // before low speed would end it
}

TEST(CurlClientTest, BrokenRepliesAreUnavailableAndAmbiguous) {
  for (const std::string& reply :
       {std::string(), std::string("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"succ"),
        std::string("HTTP/1.1 200 OK\r\nContent-Ty"), std::string("SSH-2.0-OpenSSH_9.2\r\n"),
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        std::string(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd")}) {
    SCOPED_TRACE(reply);
    RawHttpServer server({{{reply, Then::kClose}}});
    const auto result = Send(Post(server.Url()));
    EXPECT_THAT(result, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("POST http://")));
    EXPECT_TRUE(HttpFailureOf(result.status()).may_have_arrived);
  }
}

TEST(CurlClientTest, TheCapCountsDecompressedBytes) {
  const std::string zeros(kGzippedZeros, sizeof(kGzippedZeros) - 1);
  RawHttpServer server({{{HttpReply(200, zeros, "Content-Encoding: gzip\r\n")}}});
  HttpRequest request = Get(server.Url());
  request.max_response_bytes = 99'999;
  const auto result = Send(request);
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("99999 bytes")));
  EXPECT_TRUE(HttpFailureOf(result.status()).reply_too_large);
  request.max_response_bytes = 100'000;
  ASSERT_OK_AND_ASSIGN(const HttpResponse response, Send(request));
  EXPECT_EQ(response.body, std::string(100'000, '\0'));
}

TEST(CurlClientTest, TheCapHoldsWithoutContentLengthAndForHeaders) {
  RawHttpServer endless(
      {{{absl::StrCat("HTTP/1.1 200 OK\r\n\r\n", std::string(5000, 'x')), Then::kClose}}});
  HttpRequest request = Get(endless.Url());
  request.max_response_bytes = 4999;
  EXPECT_THAT(Send(request), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("4999")));
  std::string headers;
  for (int i = 0; i < 3000; ++i) absl::StrAppend(&headers, "X-", i, ": 0123456789012345678\r\n");
  RawHttpServer talkative({{{HttpReply(200, "{}", headers)}}});
  EXPECT_THAT(Send(Get(talkative.Url())),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("larger")));
}

TEST(CurlClientTest, DoesNotFollowRedirects) {
  RawHttpServer target({{{HttpReply(200, "{}")}}});
  RawHttpServer server({{{HttpReply(302, "", absl::StrCat("Location: ", target.Url(), "\r\n"))}}});
  ASSERT_OK_AND_ASSIGN(const HttpResponse response, Send(Get(server.Url())));
  EXPECT_EQ(response.status, 302);
  EXPECT_EQ(target.connection_count(), 0);
}

TEST(CurlClientTest, IgnoresTheEnvironmentsProxy) {
  RawHttpServer proxy({{{HttpReply(502, "proxied")}}});
  RawHttpServer server({{{HttpReply(200, "direct")}}});
  ASSERT_EQ(setenv("http_proxy", proxy.Url("").c_str(), 1), 0);
  const auto direct = Send(Get(server.Url()));
  ASSERT_EQ(unsetenv("http_proxy"), 0);
  ASSERT_OK(direct);
  EXPECT_EQ(direct->body, "direct");
  CurlOptions options;
  options.proxy = proxy.Url("");
  ASSERT_OK_AND_ASSIGN(const HttpResponse proxied, Send(Get(server.Url()), options));
  EXPECT_EQ(proxied.body, "proxied");
}

TEST(CurlClientTest, RefusesMalformedRequestsWithoutSendingOrRepeatingSecrets) {
  RawHttpServer server({{{HttpReply(200, "{}")}}});
  HttpRequest smuggling = Get(server.Url());
  smuggling.headers = {{"Authorization", "Bearer s3cret\r\nX-Evil: 1"}};
  HttpRequest odd_name = Get(server.Url());
  odd_name.headers = {{"X Y", "s3cret"}};
  HttpRequest odd_method = Get(server.Url());
  odd_method.method = "GET / HTTP/1.1";
  for (const HttpRequest& request :
       {smuggling, odd_name, odd_method, Get("file:///etc/passwd"), Get(server.Url("/a b"))}) {
    EXPECT_THAT(Send(request),
                StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("s3cret"))));
  }
  EXPECT_EQ(server.connection_count(), 0);
}

TEST(CurlClientTest, ServesManyThreads) {
  RawHttpServer server({{{HttpReply(200, "{}")}}});
  CurlClient client(Options(), base::SystemClock());
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) EXPECT_OK(client.Send(Post(server.Url()), {}));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(server.requests(), SizeIs(160));
  EXPECT_LE(server.connection_count(), 8);
}

}  // namespace
}  // namespace aifx::http
