// Every fault between the engine and the real backend, for a read, a POST and a PUT: the right
// status, a message that says what to do, no hang, no second POST, and recovery once it is over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "core/base/violation.h"
#include "tests/integration/backend_faults_fixture.h"

namespace aifx::backend {
namespace {

using ::aifx::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

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
  Connect(proxy_.Url(), http_, client_, /*attempts=*/1);  // a refused call has then done nothing
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
