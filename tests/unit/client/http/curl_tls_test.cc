// CurlClient against a real TLS server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "client/http/curl_client.h"
#include "client/http/http_failure.h"
#include "core/base/clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tls_server.h"

namespace aifx::http {
namespace {

using ::aifx::testing::StatusIs;
using ::aifx::testing::TlsServer;
using ::testing::HasSubstr;

class CurlTlsTest : public ::testing::Test {
 protected:
  CurlTlsTest() { std::ofstream(bundle_) << server_.certificate_pem(); }

  absl::StatusOr<HttpResponse> Get(const std::string& host, const std::string& ca_bundle) {
    CurlOptions options;
    options.ca_bundle = ca_bundle;
    CurlClient client(options, base::SystemClock());
    return client.Send({.method = "GET",
                        .url = absl::StrCat("https://", host, ":", server_.port(), "/x"),
                        .headers = {{"Authorization", "Bearer s3cret"}}},
                       {});
  }

  testing::TemporaryFolder folder_;
  TlsServer server_{"localhost"};
  const std::string bundle_ = folder_ / "ca.pem";
};

TEST_F(CurlTlsTest, TrustsACertificateOfTheGivenBundle) {
  ASSERT_OK_AND_ASSIGN(const HttpResponse response, Get("localhost", bundle_));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(server_.request_count(), 1);
}

TEST_F(CurlTlsTest, RefusesACertificateThatNobodyTrustsBeforeItSendsAnything) {
  const auto result = Get("localhost", "");
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("certificate")));
  EXPECT_FALSE(HttpFailureOf(result.status()).may_have_arrived);
  EXPECT_EQ(server_.request_count(), 0);
}

TEST_F(CurlTlsTest, RefusesACertificateOfAnotherName) {
  const auto result = Get("127.0.0.1", bundle_);
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("target host name")));
  EXPECT_FALSE(HttpFailureOf(result.status()).may_have_arrived);
  EXPECT_EQ(server_.request_count(), 0);
}

TEST_F(CurlTlsTest, RefusesABundleThatIsNotThere) {
  EXPECT_THAT(Get("localhost", folder_ / "none.pem"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("none.pem")));
  EXPECT_EQ(server_.request_count(), 0);
}

}  // namespace
}  // namespace aifx::http
