// Every fault between the engine and the real backend, for a read, a POST and a PUT: the right
// status, a message that says what to do, no hang, no second POST, and recovery once it is over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <ostream>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "client/backend/backend_client.h"
#include "client/backend/backend_http.h"
#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/log.h"
#include "core/base/violation.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/reference_backend.h"
#include "tests/support/status_matchers.h"

namespace aifx::backend {
namespace {

using ::aifx::testing::FaultProxy;
using ::aifx::testing::ReferenceBackend;
using ::aifx::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Fault = FaultProxy::Fault;
using Code = absl::StatusCode;

constexpr absl::Duration kDeadline = absl::Milliseconds(1200);
constexpr absl::Duration kFirstOpen = absl::Milliseconds(300);
constexpr char kAmbiguous[] = "may have been stored";

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

constexpr FaultCase kFaultCases[] = {
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

void PrintTo(const FaultCase& test, std::ostream* out) { *out << test.name; }

base::CallContext WithDeadline(absl::Duration time = kDeadline) {
  base::CallContext context;
  context.deadline = absl::Now() + time;
  return context;
}

records::Submission Buy() {
  return {.request_id = base::NewUuid(),
          .pair = market::CurrencyPair::Parse("EUR/USD").value(),
          .timeframe = market::Timeframe::k1Hour,
          .signal = records::Signal::kBuy,
          .confidence = 0.625,
          .factors = {0.7, 0.5, 0.25},
          .entry_price = 1.10001};
}

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
                      std::unique_ptr<BackendClient>& client) {
    BackendHttpOptions options;
    options.curl.connect_timeout = absl::Milliseconds(200);
    options.origin.breaker.first_open = kFirstOpen;
    options.origin.fair_time = absl::Milliseconds(500);
    http = MakeBackendHttp(url, options, base::SystemClock(), base::NullLogger()).value();
    BackendConfig config;
    config.base_url = url;
    config.api_key = ReferenceBackend::kKey;
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
      EXPECT_THAT(status.message(), AllOf(HasSubstr(GetParam().message), HasSubstr(proxy_.Url())));
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

  static ReferenceBackend* backend_;
  FaultProxy proxy_;
  std::unique_ptr<BackendHttp> http_, direct_http_;
  std::unique_ptr<BackendClient> client_, direct_;
};

ReferenceBackend* BackendFaultsTest::backend_ = nullptr;

TEST_P(BackendFaultsTest, Read) {
  const absl::Status status = UnderTheFault(
      [&](const base::CallContext& context) { return client_->Health(context).status(); });
  ExpectEnd(status, GetParam().read);
  ExpectRecovery();
}

TEST_P(BackendFaultsTest, PostPrediction) {
  const records::Submission submission = Buy();
  const absl::Status status = UnderTheFault([&](const base::CallContext& context) {
    return client_->Submit(submission, context).status();
  });
  ExpectEnd(status, GetParam().post);
  if (GetParam().post_is_ambiguous) {
    EXPECT_THAT(status.message(), AllOf(HasSubstr(kAmbiguous), HasSubstr(submission.request_id)));
  } else {
    EXPECT_THAT(status.message(), Not(HasSubstr(kAmbiguous)));
  }
  EXPECT_EQ(proxy_.passed_on("POST"), GetParam().posts);
  EXPECT_EQ(StoredAs(submission.request_id), GetParam().posts);
  ExpectRecovery();
  // What the kernel had accepted before the fault ended may arrive late, but once.
  EXPECT_LE(StoredAs(submission.request_id), 1);
}

TEST_P(BackendFaultsTest, PutOutcome) {
  const records::Submission submission = Buy();
  ASSERT_OK_AND_ASSIGN(const records::SubmissionReceipt stored, direct_->Submit(submission, {}));
  const records::OutcomeUpdate update = {.prediction_id = stored.backend_prediction_id,
                                         .outcome = records::Outcome::kWin,
                                         .pnl_pips = 42.5,
                                         .pnl_percent = 0.39};
  const absl::Status status = UnderTheFault([&](const base::CallContext& context) {
    return client_->UpdateOutcome(update, context).status();
  });
  ExpectEnd(status, GetParam().put);
  ExpectRecovery();
  EXPECT_OK(client_->UpdateOutcome(update, {}));
}

class FailureStormTest : public BackendFaultsTest {};

// Callers that go on all the same are soon refused at once, and the backend has its peace.
TEST_P(FailureStormTest, AreRefusedAtOnce) {
  EXPECT_OK(client_->Health({}));
  proxy_.Set(GetParam().fault);
  std::atomic<int> refused = 0;
  const auto call_until_refused = [&] {
    for (int i = 0; i < 30; ++i) {
      const absl::Time start = absl::Now();
      const absl::Status status = client_->Health(WithDeadline(absl::Milliseconds(800))).status();
      if (!absl::StrContains(status.message(), "was not asked")) continue;
      EXPECT_LT(absl::Now() - start, absl::Milliseconds(400));
      EXPECT_GT(base::RetryAfterSecondsOf(status), 0);
      ++refused;
      return;
    }
  };
  const absl::Time start = absl::Now();
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) callers.emplace_back(call_until_refused);
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(refused, 8);
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  EXPECT_LE(http_->Stats().repeats, 10 + http_->Stats().calls / 10);
  ExpectRecovery();
}

INSTANTIATE_TEST_SUITE_P(All, BackendFaultsTest, ::testing::ValuesIn(kFaultCases),
                         [](const auto& test) { return test.param.name; });

std::vector<FaultCase> Failures() {
  std::vector<FaultCase> failures;
  for (const FaultCase& fault : kFaultCases) {
    if (fault.read != Code::kOk) failures.push_back(fault);
  }
  return failures;
}

INSTANTIATE_TEST_SUITE_P(All, FailureStormTest, ::testing::ValuesIn(Failures()),
                         [](const auto& test) { return test.param.name; });

TEST(BackendNameTest, AHostThatDoesNotResolve) {
  const std::string url = "http://backend.invalid:3000";
  ASSERT_OK_AND_ASSIGN(const auto http,
                       MakeBackendHttp(url, {}, base::SystemClock(), base::NullLogger()));
  BackendConfig config;
  config.base_url = url;
  config.api_key = ReferenceBackend::kKey;
  ASSERT_OK_AND_ASSIGN(const auto client, BackendClient::Create(config, http->Dependencies()));
  const absl::Time start = absl::Now();
  EXPECT_THAT(
      client->Submit(Buy(), WithDeadline()),
      StatusIs(Code::kUnavailable, AllOf(HasSubstr("backend.invalid"), HasSubstr("BACKEND_API_URL"),
                                         Not(HasSubstr(kAmbiguous)))));
  EXPECT_THAT(client->Health(WithDeadline()),
              StatusIs(Code::kUnavailable, HasSubstr("backend.invalid")));
  EXPECT_LT(absl::Now() - start, 2 * (kDeadline + absl::Seconds(1)));
}

}  // namespace
}  // namespace aifx::backend
