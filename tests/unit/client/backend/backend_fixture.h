#ifndef AIFX_TESTS_UNIT_CLIENT_BACKEND_BACKEND_FIXTURE_H_
#define AIFX_TESTS_UNIT_CLIENT_BACKEND_BACKEND_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/backend/backend_client.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http_client.h"
#include "tests/support/recording_logger.h"
#include "tests/support/status_matchers.h"

namespace aifx::backend {

using ::aifx::testing::RecordingLogger;

inline constexpr char kKey[] = "s3cret-key-of-the-test";
inline constexpr char kRequestId[] = "0b3f6a54-8f2e-4c57-9d53-0c8f6a2b1d11";
inline constexpr char kBackendId[] = "7d9e2c10-1111-4222-8333-444455556666";

// A BackendClient over a FakeHttpClient and a FakeClock.
class BackendTest : public ::testing::Test {
 protected:
  BackendTest() { Connect({}); }

  void Connect(BackendConfig config) {
    config.base_url = "http://backend.test:3000/";
    config.api_key = kKey;
    auto client =
        BackendClient::Create(std::move(config), {http_, clock_, logger_, [] { return 0.5; }});
    ASSERT_OK(client);
    client_ = *std::move(client);
  }

  void PushData(const std::string& data, int status = 200) {
    http_.PushJson(status, "{\"success\":true,\"data\":" + data +
                               ",\"error\":null,\"metadata\":{\"version\":\"v1\"}}");
  }
  // A failure as deployed.
  void PushFailure(int status, const std::string& code, const std::string& message) {
    http_.PushJson(status, "{\"success\":false,\"data\":null,\"error\":\"" + message +
                               "\",\"code\":\"" + code +
                               "\",\"stack\":\"Error: at secret_file.js:1\"}");
  }

  static market::CurrencyPair Pair(const char* text) {
    return market::CurrencyPair::Parse(text).value();
  }
  static absl::Time At(int year, int month, int day, int hour = 0, int minute = 0) {
    return absl::FromCivil(absl::CivilMinute(year, month, day, hour, minute), absl::UTCTimeZone());
  }

  testing::FakeHttpClient http_;
  testing::FakeClock clock_;
  RecordingLogger logger_;
  std::unique_ptr<BackendClient> client_;
};

}  // namespace aifx::backend

#endif  // AIFX_TESTS_UNIT_CLIENT_BACKEND_BACKEND_FIXTURE_H_
