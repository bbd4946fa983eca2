// The typed client over libcurl against the reference backend, in both of its forms.
#include "client/backend/backend_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "client/backend/ab_tests.h"
#include "client/backend/macro_client.h"
#include "client/backend/model_catalog.h"
#include "client/backend/training_data.h"
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

TEST_P(BackendIntegrationTest, ReadsSignalsAndStats) {
  const TrainingDataClient data(client_->channel());
  const records::Submission submission = Buy();
  ASSERT_OK_AND_ASSIGN(const auto receipt, client_->Submit(submission, {}));
  ASSERT_OK(client_->Submit(Buy(), {}));
  ASSERT_OK(client_->UpdateOutcome({.prediction_id = receipt.backend_prediction_id,
                                    .outcome = records::Outcome::kLoss,
                                    .pnl_pips = -12.5},
                                   {}));
  ASSERT_OK_AND_ASSIGN(const Page<SignalRecord> all,
                       data.Signals({.pair = pair_, .outcome = {}, .min_confidence = 0.5}, {}));
  EXPECT_EQ(all.total, 2);
  ASSERT_THAT(all.rows, SizeIs(2));
  EXPECT_EQ(all.skipped, 0);
  EXPECT_EQ(all.rows[1].prediction.request_id, submission.request_id);
  EXPECT_EQ(all.rows[1].technical_data_json, submission.technical_data_json);
  ASSERT_OK_AND_ASSIGN(
      const Page<SignalRecord> lost,
      data.Signals({.pair = {}, .outcome = records::Outcome::kLoss, .min_confidence = {}}, {}));
  ASSERT_THAT(lost.rows, SizeIs(1));
  EXPECT_EQ(lost.rows[0].prediction.pnl_pips, -12.5);
  EXPECT_EQ(lost.rows[0].prediction.entry_price, 1.10001);
  ASSERT_OK_AND_ASSIGN(const TrainingDataStats stats, data.Stats(pair_, {}));
  EXPECT_EQ(stats.signals.count, 2);
  EXPECT_TRUE(stats.signals.latest.has_value());
  EXPECT_EQ(stats.market_data.count, 0);
  EXPECT_EQ(stats.market_data.latest, std::nullopt);
}

TEST_P(BackendIntegrationTest, ReadsTradesOverPages) {
  Call seed{.route = {"POST", "/training-data/trades", "seeding the reference backend"}};
  nlohmann::json trades = nlohmann::json::array();
  for (int i = 0; i < 25; ++i) {
    trades.push_back(
        {{"pair", i < 5 ? "EUR/USD" : "USD/JPY"},
         {"side", "sell"},
         {"entryPrice", 1.5},
         {"positionSize", 0.25},
         {"openedAt", absl::FormatTime("2018-06-12T10:%M:00.000Z", absl::FromUnixSeconds(60 * i),
                                       absl::UTCTimeZone())}});
  }
  seed.body = nlohmann::json{{"trades", trades}};
  ASSERT_OK(client_->channel().Send(seed, {}));
  const TrainingDataClient data(client_->channel());
  ASSERT_OK_AND_ASSIGN(const Page<TradeRecord> page,
                       data.Trades({.pair = pair_, .status = {}}, {}));
  EXPECT_EQ(page.total, 5);
  ASSERT_THAT(page.rows, SizeIs(5));
  EXPECT_EQ(page.rows[0].side, records::Signal::kSell);
  EXPECT_EQ(page.rows[0].entry_price, 1.5);
  EXPECT_EQ(page.rows[0].position_size, 0.25);
  EXPECT_GT(page.rows[0].opened_at, page.rows[4].opened_at);
  ASSERT_OK_AND_ASSIGN(const Page<TradeRecord> closed,
                       data.Trades({.pair = {}, .status = TradeStatus::kClosed}, {}));
  EXPECT_THAT(closed.rows, IsEmpty());
}

TEST_P(BackendIntegrationTest, KeepsVintagesOfFundamentals) {
  MacroClient macro(client_->channel());
  const absl::Time quarter = absl::FromCivil(absl::CivilDay(2018, 4, 1), absl::UTCTimeZone());
  const macro::FundamentalRecord first{.date = quarter,
                                       .country = "US",
                                       .indicator = "gdp",
                                       .value = 4.1,
                                       .unit = "percent",
                                       .source = "test",
                                       .released_at = quarter + absl::Hours(24 * 100)};
  macro::FundamentalRecord revised = first;
  revised.value = 4.2;
  revised.released_at = quarter + absl::Hours(24 * 130);
  ASSERT_OK_AND_ASSIGN(const macro::UpsertCounts counts,
                       macro.PutFundamentals({first, revised}, {}));
  EXPECT_EQ(counts.inserted, 2);
  ASSERT_OK_AND_ASSIGN(const macro::UpsertCounts again, macro.PutFundamentals({revised}, {}));
  EXPECT_EQ(again.updated, 1);
  ASSERT_OK_AND_ASSIGN(const auto all,
                       macro.Fundamentals({.indicator = "gdp", .countries = {"US", "EU"}}, {}));
  EXPECT_THAT(all, ::testing::ElementsAre(first, revised));
  ASSERT_OK_AND_ASSIGN(
      const auto known,
      macro.Fundamentals({.indicator = "", .as_of = quarter + absl::Hours(24 * 120)}, {}));
  EXPECT_THAT(known, ::testing::ElementsAre(first));
  EXPECT_THAT(macro.PutFundamentals({{.date = quarter, .country = "US", .indicator = "mood"}}, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("mood")));
}

TEST_P(BackendIntegrationTest, KeepsWhatIsKnownOfAnEvent) {
  MacroClient macro(client_->channel());
  macro::EconomicEvent event{.time = absl::FromUnixSeconds(1'528'806'600),
                             .currency = "USD",
                             .name = "CPI m/m",
                             .impact = macro::Impact::kHigh,
                             .forecast = 0.2,
                             .source = "test"};
  ASSERT_OK(macro.PutEvents({event}, {}));
  event.forecast = std::nullopt;
  event.actual = 0.3;
  ASSERT_OK_AND_ASSIGN(const macro::UpsertCounts counts, macro.PutEvents({event}, {}));
  EXPECT_EQ(counts.updated, 1);
  event.forecast = 0.2;
  ASSERT_OK_AND_ASSIGN(const auto events, macro.Events({.currencies = {"USD", "EUR"},
                                                        .impacts = {macro::Impact::kHigh},
                                                        .start = event.time,
                                                        .end = event.time},
                                                       {}));
  EXPECT_THAT(events, ::testing::ElementsAre(event));
  ASSERT_OK_AND_ASSIGN(const auto none, macro.Events({.impacts = {macro::Impact::kLow}}, {}));
  EXPECT_THAT(none, IsEmpty());
}

TEST_P(BackendIntegrationTest, ListsModelsAndTestsThemAgainstEachOther) {
  const auto register_version = [&](const std::string& version) {
    return client_->Register({.model_name = "eurusd",
                              .version = version,
                              .algorithm = "lstm",
                              .hyperparameters = {{"hidden", 64}},
                              .description = "test"},
                             {});
  };
  ASSERT_OK_AND_ASSIGN(const std::string a, register_version("20180615210000"));
  ASSERT_OK_AND_ASSIGN(const std::string b, register_version("20180616210000"));
  const ModelCatalog catalog(client_->channel());
  ASSERT_OK_AND_ASSIGN(const bool active,
                       catalog.Update(b, {.status = "deployed", .is_active = true}, {}));
  EXPECT_TRUE(active);
  ASSERT_OK_AND_ASSIGN(const auto page,
                       catalog.List({.name = "eurusd", .status = "", .is_active = true}, {}));
  ASSERT_THAT(page.rows, SizeIs(1));
  EXPECT_EQ(page.rows[0].id, b);
  ASSERT_OK_AND_ASSIGN(const ModelVersion model, catalog.Get(b, {}));
  EXPECT_EQ(model.status, "deployed");
  EXPECT_EQ(model.hyperparameters, nlohmann::json({{"hidden", 64}}));
  EXPECT_THAT(catalog.Get(base::NewUuid(), {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("MODEL_NOT_FOUND")));

  const AbTestClient ab_tests(client_->channel());
  const AbTestSpec spec{.name = "second", .model_a_id = a, .model_b_id = b, .traffic_split = 20};
  ASSERT_OK_AND_ASSIGN(const AbTest test, ab_tests.Create(spec, {}));
  EXPECT_TRUE(base::IsUuid(test.id));
  ASSERT_OK_AND_ASSIGN(const Page<AbTest> tests, ab_tests.List({.status = test.status}, {}));
  ASSERT_THAT(tests.rows, SizeIs(1));
  EXPECT_EQ(tests.rows[0].id, test.id);
  EXPECT_EQ(tests.rows[0].spec.traffic_split, 20);
  EXPECT_EQ(tests.rows[0].spec.model_b_id, b);
}

INSTANTIATE_TEST_SUITE_P(Forms, SeededBackendIntegrationTest,
                         ::testing::Values(Form{"deployed", "string"},
                                           Form{"documented", "number"}));

INSTANTIATE_TEST_SUITE_P(Forms, BackendIntegrationTest,
                         ::testing::Values(Form{"deployed", "string"},
                                           Form{"documented", "number"}));

}  // namespace
}  // namespace aifx::backend
