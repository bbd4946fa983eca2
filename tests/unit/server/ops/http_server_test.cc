#include "server/ops/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/loopback_socket.h"
#include "tests/support/recording_logger.h"
#include "tests/support/status_matchers.h"

namespace aifx::ops {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::StatusIs;

std::string ReadAll(int connection) {
  std::string all;
  char bytes[4096];
  ssize_t count = 0;
  while ((count = recv(connection, bytes, sizeof(bytes), 0)) > 0) {
    all.append(bytes, static_cast<size_t>(count));
  }
  close(connection);
  return all;
}

class HttpServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    pages_["/page"] = [] { return HttpAnswer{200, "text/x", "hello\n"}; };
    pages_["/ill"] = [] { return HttpAnswer{.status = 503, .body = "ill\n"}; };
    pages_["/throws"] = []() -> HttpAnswer { throw std::runtime_error("secret"); };
    ASSERT_OK_AND_ASSIGN(server_, HttpServer::Start(options_, pages_, logger_));
  }

  // What comes back for these bytes until the server closes.
  std::string Exchange(const std::string& bytes) {
    const int connection = testing::ConnectLoopback(server_->port());
    testing::SendAll(connection, bytes);
    return ReadAll(connection);
  }
  std::string Ask(const std::string& method, const std::string& path) {
    return Exchange(absl::StrCat(method, " ", path, " HTTP/1.1\r\nHost: x\r\n\r\n"));
  }

  testing::RecordingLogger logger_;
  HttpServerOptions options_ = {.threads = 2, .timeout = absl::Milliseconds(200)};
  HttpPages pages_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersAPage) {
  EXPECT_THAT(Ask("GET", "/page"),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Type: text/x\r\n"),
                    HasSubstr("Content-Length: 6\r\n"), HasSubstr("Connection: close\r\n"),
                    EndsWith("\r\n\r\nhello\n")));
  EXPECT_THAT(Ask("GET", "/page?x=1"), EndsWith("hello\n"));
  EXPECT_THAT(Ask("GET", "/ill"),
              AllOf(StartsWith("HTTP/1.1 503 Service Unavailable\r\n"), EndsWith("ill\n")));
}

TEST_F(HttpServerTest, HeadHasNoBody) {
  EXPECT_THAT(Ask("HEAD", "/page"),
              AllOf(HasSubstr("Content-Length: 6\r\n"), EndsWith("\r\n\r\n")));
}

TEST_F(HttpServerTest, NothingElseIsThere) {
  for (const char* path : {"/", "/pages", "/page/", "/etc/passwd", "/../page", "//page"}) {
    EXPECT_THAT(Ask("GET", path), StartsWith("HTTP/1.1 404 Not Found\r\n")) << path;
  }
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
    EXPECT_THAT(Ask(method, "/page"), AllOf(StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"),
                                            HasSubstr("Allow: GET, HEAD\r\n")))
        << method;
  }
}

TEST_F(HttpServerTest, APageThatThrowsIs500AndLogged) {
  EXPECT_THAT(Ask("GET", "/throws"), AllOf(StartsWith("HTTP/1.1 500"), Not(HasSubstr("secret"))));
  EXPECT_THAT(logger_.text(), HasSubstr("secret"));
}

TEST_F(HttpServerTest, SilentAndSlowClientsAreCutOffAndOthersServed) {
  std::vector<int> silent;
  for (int i = 0; i < 6; ++i) {  // more than threads
    silent.push_back(testing::ConnectLoopback(server_->port()));
    if (i % 2 == 0) testing::SendAll(silent.back(), "GET /page HTTP/1.1\r\nX: ");
  }
  EXPECT_THAT(Ask("GET", "/page"), EndsWith("hello\n"));
  for (const int connection : silent) EXPECT_THAT(ReadAll(connection), Not(HasSubstr("hello")));
}

TEST_F(HttpServerTest, AnEndlessHeaderIsRefused) {
  const std::string endless = "GET /page HTTP/1.1\r\nX: " + std::string(20000, 'a');
  EXPECT_THAT(Exchange(endless), Not(HasSubstr("hello")));
  EXPECT_THAT(Ask("GET", "/page"), EndsWith("hello\n"));
}

TEST_F(HttpServerTest, APortThatIsTakenIsSaidSo) {
  HttpServerOptions options;
  options.port = server_->port();
  EXPECT_THAT(HttpServer::Start(options, pages_, logger_),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr(absl::StrCat("127.0.0.1:", options.port)),
                             HasSubstr("the port is taken"), HasSubstr("--metrics-listen"))));
}

}  // namespace
}  // namespace aifx::ops
