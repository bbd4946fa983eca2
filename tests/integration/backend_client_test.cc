// The typed client over libcurl against the reference backend, in both of its forms.
#include "client/backend/backend_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "client/http/curl_client.h"
#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/log.h"
#include "tests/support/reference_backend.h"
#include "tests/support/status_matchers.h"

namespace aifx::backend {
namespace {

using ::aifx::testing::ReferenceBackend;
using ::aifx::testing::StatusIs;
using market::Timeframe;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

struct Form {
  const char* error_shape;
  const char* number_form;
};

class BackendIntegrationTest : public ::testing::TestWithParam<Form> {
 protected:
  explicit BackendIntegrationTest(const std::vector<std::string>& seed = {})
      : backend_(Options(seed)), http_({}, base::SystemClock()) {}

  static std::vector<std::string> Options(std::vector<std::string> options) {
    options.insert(options.end(), {"--error-shape", GetParam().error_shape, "--number-form",
                                   GetParam().number_form});
    return options;
  }

  void SetUp() override {
    ASSERT_THAT(backend_.url(), Not(IsEmpty())) << "run `npm ci` in tests/backend";
    client_ = Client(ReferenceBackend::kKey);
  }

  std::unique_ptr<BackendClient> Client(const std::string& key) {
    BackendConfig config;
    config.base_url = backend_.url();
    config.api_key = key;
    config.candle_page_size = 1000;
    return BackendClient::Create(
               config, {http_, base::SystemClock(), base::NullLogger(), http::SystemUniform()})
        .value();
  }

  static records::Submission Buy() {
    return {.request_id = base::NewUuid(),
            .pair = market::CurrencyPair::Parse("EUR/USD").value(),
            .timeframe = Timeframe::k1Hour,
            .signal = records::Signal::kBuy,
            .confidence = 0.625,
            .factors = {0.7, 0.5, 0.25},
            .entry_price = 1.100005,
            .stop_loss = 1.095,
            .take_profit = 1.11,
            .risk_reward_ratio = 2.0,
            .position_size = 1.5,
            .signal_strength = records::SignalStrength::kStrong,
            .market_condition = records::MarketCondition::kTrending,
            .technical_data_json = R"({"asOf":"2018-06-15T21:00:00Z"})",
            .model_version_id = ""};
  }

  ReferenceBackend backend_;
  http::CurlClient http_;
  std::unique_ptr<BackendClient> client_;
  const market::CurrencyPair pair_ = market::CurrencyPair::Parse("EUR/USD").value();
};

// With the sample candles, which take seconds to load.
class SeededBackendIntegrationTest : public BackendIntegrationTest {
 protected:
  SeededBackendIntegrationTest()
      : BackendIntegrationTest({"--seed", "EUR/USD:1h:examples/data/eurusd_1h.csv"}) {}
};

TEST_P(SeededBackendIntegrationTest, ReadsCandlesOverPagesAndTheNewest) {
  ASSERT_OK_AND_ASSIGN(const BackendHealth health, client_->Health({}));
  EXPECT_EQ(health.status, "healthy");
  ASSERT_OK_AND_ASSIGN(
      const std::vector<market::Candle> all,
      client_->Range(pair_, Timeframe::k1Hour, absl::InfinitePast(), absl::InfiniteFuture(), {}));
  ASSERT_GT(all.size(), 15'000u);
  EXPECT_EQ(all[0].open, 1.12196);
  EXPECT_NEAR(all[0].spread_pips.value(), 1.4, 1e-9);
  const absl::Time middle = all[9'000].open_time;
  ASSERT_OK_AND_ASSIGN(const std::vector<market::Candle> newest,
                       client_->Newest(pair_, Timeframe::k1Hour, 120, middle, {}));
  ASSERT_THAT(newest, SizeIs(120));
  EXPECT_EQ(newest.back().open_time, all[8'999].open_time);
  EXPECT_EQ(newest.front().open_time, all[8'880].open_time);
  ASSERT_OK_AND_ASSIGN(const std::vector<market::Candle> today,
                       client_->Newest(pair_, Timeframe::k1Hour, 120, absl::Now(), {}));
  ASSERT_THAT(today, SizeIs(120));
  EXPECT_EQ(today.back().open_time, all.back().open_time);
}

TEST_P(BackendIntegrationTest, CarriesAPredictionToItsOutcomeAndTheAccuracy) {
  const records::Submission submission = Buy();
  ASSERT_OK_AND_ASSIGN(const records::SubmissionReceipt receipt, client_->Submit(submission, {}));
  EXPECT_TRUE(base::IsUuid(receipt.backend_prediction_id));
  ASSERT_OK_AND_ASSIGN(
      const records::PredictionPage page,
      client_->ListPredictions({.pair = pair_, .status = {}, .outcome = {}, .min_confidence = 0.6},
                               {}));
  EXPECT_EQ(page.total, 1);
  ASSERT_THAT(page.predictions, SizeIs(1));
  EXPECT_EQ(page.predictions[0].request_id, submission.request_id);
  EXPECT_EQ(page.predictions[0].backend_prediction_id, receipt.backend_prediction_id);
  EXPECT_EQ(page.predictions[0].entry_price, 1.10001);
  EXPECT_EQ(page.predictions[0].confidence, 0.63);
  EXPECT_EQ(page.predictions[0].outcome, std::nullopt);
  // By our own id, which the backend does not know as its own.
  ASSERT_OK_AND_ASSIGN(const records::OutcomeReceipt outcome,
                       client_->UpdateOutcome({.prediction_id = submission.request_id,
                                               .outcome = records::Outcome::kWin,
                                               .pnl_pips = 42.5,
                                               .pnl_percent = 0.39},
                                              {}));
  EXPECT_EQ(outcome.backend_prediction_id, receipt.backend_prediction_id);
  EXPECT_EQ(outcome.pnl_pips, 42.5);
  ASSERT_OK_AND_ASSIGN(
      const records::Accuracy accuracy,
      client_->GetAccuracy(
          {.model_version_id = "", .pair = pair_, .start = {}, .end = {}, .min_confidence = {}},
          {}));
  EXPECT_EQ(accuracy.total_predictions, 1);
  EXPECT_EQ(accuracy.win_rate_percent, 100);
  EXPECT_EQ(accuracy.total_pnl, 42.5);
}

TEST_P(BackendIntegrationTest, ReportsWhatTheBackendRefuses) {
  records::Submission upside_down = Buy();
  std::swap(upside_down.stop_loss, upside_down.take_profit);
  EXPECT_THAT(client_->Submit(upside_down, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Validation error")));
  EXPECT_THAT(client_->UpdateOutcome({.prediction_id = base::NewUuid()}, {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("looked through")));
  EXPECT_THAT(Client("wrong-key")->Submit(Buy(), {}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("403 INVALID_API_KEY"), HasSubstr("ML_ENGINE_API_KEY"),
                             Not(HasSubstr("wrong-key")))));
  EXPECT_THAT(Client("")->Newest(pair_, Timeframe::k1Hour, 5, absl::Now(), {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("401 UNAUTHORIZED")));
  backend_.Stop();
  EXPECT_THAT(client_->Submit(Buy(), {}),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr(backend_.url()), Not(HasSubstr("may have been stored")))));
}

TEST_P(BackendIntegrationTest, RegistersAModelOnceAndLogsItsTraining) {
  const training::ModelRegistration registration{.model_name = "eurusd",
                                                 .version = "20180615210000",
                                                 .algorithm = "lstm",
                                                 .hyperparameters = {{"hidden", 64}},
                                                 .training_metrics = {{"loss", 0.6}},
                                                 .training_data_info = {{"candles", 100}},
                                                 .description = "test"};
  ASSERT_OK_AND_ASSIGN(const std::string id, client_->Register(registration, {}));
  EXPECT_THAT(client_->Register(registration, {}),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("VERSION_EXISTS")));
  ASSERT_OK_AND_ASSIGN(const std::string found,
                       client_->FindVersion("eurusd", "20180615210000", {}));
  EXPECT_EQ(found, id);
  EXPECT_OK(client_->SetStatus(id, "deployed", true, {}));
  training::TrainingSession session;
  session.model_version = "20180615210000";
  session.training_type = "full";
  session.data_start = absl::FromUnixSeconds(1'500'000'000);
  session.data_end = absl::FromUnixSeconds(1'528'000'000);
  session.num_samples = 100;
  session.duration = absl::Seconds(3);
  EXPECT_OK(client_->Log(id, session, {}));
  EXPECT_THAT(client_->SetStatus(base::NewUuid(), "deployed", true, {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("MODEL_NOT_FOUND")));
}

INSTANTIATE_TEST_SUITE_P(Forms, SeededBackendIntegrationTest,
                         ::testing::Values(Form{"deployed", "string"},
                                           Form{"documented", "number"}));

INSTANTIATE_TEST_SUITE_P(Forms, BackendIntegrationTest,
                         ::testing::Values(Form{"deployed", "string"},
                                           Form{"documented", "number"}));

}  // namespace
}  // namespace aifx::backend
