#ifndef AIFX_TESTS_INTEGRATION_BACKEND_FAULTS_FIXTURE_H_
#define AIFX_TESTS_INTEGRATION_BACKEND_FAULTS_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <ostream>
#include <string>

#include "client/backend/backend_client.h"
#include "client/backend/backend_http.h"
#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/log.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/reference_backend.h"
#include "tests/support/status_matchers.h"

namespace aifx::backend {

using ::aifx::testing::FaultProxy;
using ::aifx::testing::ReferenceBackend;
using Fault = FaultProxy::Fault;
using Code = absl::StatusCode;

inline constexpr absl::Duration kDeadline = absl::Milliseconds(1200);
inline constexpr absl::Duration kFirstOpen = absl::Milliseconds(300);
inline constexpr char kAmbiguous[] = "may have been stored";

// The ends of the three calls under a fault. A message is part of the status's; of a POST whose
// end is open, kAmbiguous is too.
struct FaultCase {
  const char* name;
  Fault fault;
  Code read;
  Code post;
  Code put;
  bool post_is_ambiguous;
  int posts;  // that the backend has answered
  const char* message;
};

inline constexpr FaultCase kFaultCases[] = {
    {"Latency", Fault::kLatency, Code::kOk, Code::kOk, Code::kOk, false, 1, ""},
    {"Refuse", Fault::kRefuse, Code::kUnavailable, Code::kUnavailable, Code::kUnavailable, false, 0,
     "is it running, and is BACKEND_API_URL right?"},
    {"BlackHole", Fault::kBlackHole, Code::kUnavailable, Code::kUnavailable, Code::kUnavailable,
     false, 0, "is it running, and is BACKEND_API_URL right?"},
    {"NeverAccept", Fault::kNeverAccept, Code::kDeadlineExceeded, Code::kUnavailable,
     Code::kDeadlineExceeded, true, 0, "no complete reply after"},
    {"NeverAnswer", Fault::kNeverAnswer, Code::kDeadlineExceeded, Code::kUnavailable,
     Code::kDeadlineExceeded, true, 0, "no complete reply after"},
    {"ResetBefore", Fault::kResetBefore, Code::kUnavailable, Code::kUnavailable, Code::kUnavailable,
     true, 1, "is it running, and is BACKEND_API_URL right?"},
    {"ResetWithin", Fault::kResetWithin, Code::kUnavailable, Code::kUnavailable, Code::kUnavailable,
     true, 1, "is it running, and is BACKEND_API_URL right?"},
    // Reads and outcomes are repeated on a new connection; a prediction must not be.
    {"ResetReused", Fault::kResetReused, Code::kOk, Code::kUnavailable, Code::kOk, true, 0,
     "the connection died"},
    {"Truncate", Fault::kTruncate, Code::kUnavailable, Code::kUnavailable, Code::kUnavailable, true,
     1, "is it running, and is BACKEND_API_URL right?"},
    {"Garbage", Fault::kGarbage, Code::kUnavailable, Code::kUnavailable, Code::kUnavailable, true,
     1, "is it running, and is BACKEND_API_URL right?"},
    {"TooMany", Fault::kTooMany, Code::kResourceExhausted, Code::kResourceExhausted,
     Code::kResourceExhausted, false, 0, "limits our requests (429)"},
    {"ServerError", Fault::kServerError, Code::kUnavailable, Code::kUnavailable, Code::kUnavailable,
     true, 0, "500 INTERNAL_ERROR"},
};

inline void PrintTo(const FaultCase& test, std::ostream* out) { *out << test.name; }

inline base::CallContext WithDeadline(absl::Duration time = kDeadline) {
  base::CallContext context;
  context.deadline = absl::Now() + time;
  return context;
}

inline records::Submission Buy() {
  return {.request_id = base::NewUuid(),
          .pair = market::CurrencyPair::Parse("EUR/USD").value(),
          .timeframe = market::Timeframe::k1Hour,
          .signal = records::Signal::kBuy,
          .confidence = 0.625,
          .factors = {0.7, 0.5, 0.25},
          .entry_price = 1.10001};
}

// Client, proxy and the real backend; a second client goes past the proxy.
class BackendFaultsTest : public ::testing::TestWithParam<FaultCase> {
 protected:
  static void SetUpTestSuite() {
    backend_ = new ReferenceBackend({});
    ASSERT_FALSE(backend_->url().empty()) << "run `npm ci` in tests/backend";
  }
  static void TearDownTestSuite() {
    delete backend_;
    backend_ = nullptr;
  }

  BackendFaultsTest() : proxy_(http::ParseBaseUrl(backend_->url()).value().port) {
    Connect(proxy_.Url(), http_, client_);
    Connect(backend_->url(), direct_http_, direct_);
  }

  static void Connect(const std::string& url, std::unique_ptr<BackendHttp>& http,
                      std::unique_ptr<BackendClient>& client, int attempts = 3) {
    BackendHttpOptions options;
    options.curl.connect_timeout = absl::Milliseconds(200);
    options.origin.breaker.first_open = kFirstOpen;
    options.origin.fair_time = absl::Milliseconds(500);
    http = MakeBackendHttp(url, options, base::SystemClock(), base::NullLogger()).value();
    BackendConfig config;
    config.base_url = url;
    config.api_key = ReferenceBackend::kKey;
    config.retry.max_attempts = attempts;
    config.retry.first_backoff = absl::Milliseconds(20);
    client = BackendClient::Create(config, http->Dependencies()).value();
  }

  // Begins the fault, with a connection of before it open, and makes the call.
  template <typename Call>
  absl::Status UnderTheFault(const Call& call) {
    EXPECT_OK(client_->Health({}));
    proxy_.Set(GetParam().fault, absl::Milliseconds(200));
    const absl::Time start = absl::Now();
    const absl::Status status = call(WithDeadline());
    EXPECT_LT(absl::Now() - start, kDeadline + absl::Seconds(1));
    return status;
  }

  void ExpectEnd(const absl::Status& status, Code code) {
    EXPECT_EQ(status.code(), code) << status;
    if (!status.ok()) {
      EXPECT_THAT(status.message(), ::testing::AllOf(::testing::HasSubstr(GetParam().message),
                                                     ::testing::HasSubstr(proxy_.Url())));
    }
  }

  // Lifts the fault, and calls again when a refusal says, as a patient caller does.
  void ExpectRecovery() {
    proxy_.Set(Fault::kNone);
    const absl::Time give_up = absl::Now() + kFirstOpen + absl::Seconds(5);
    absl::Status status = client_->Health(WithDeadline()).status();
    while (!status.ok() && absl::Now() < give_up) {
      status = client_->Health(WithDeadline()).status();
    }
    EXPECT_OK(status);
  }

  int StoredAs(const std::string& request_id) {
    const auto page = direct_->ListPredictions({.limit = 100}, {});
    EXPECT_OK(page);
    return static_cast<int>(std::count_if(
        page->predictions.begin(), page->predictions.end(),
        [&](const records::PredictionRecord& record) { return record.request_id == request_id; }));
  }

  inline static ReferenceBackend* backend_ = nullptr;
  FaultProxy proxy_;
  std::unique_ptr<BackendHttp> http_, direct_http_;
  std::unique_ptr<BackendClient> client_, direct_;
};

}  // namespace aifx::backend

#endif  // AIFX_TESTS_INTEGRATION_BACKEND_FAULTS_FIXTURE_H_
