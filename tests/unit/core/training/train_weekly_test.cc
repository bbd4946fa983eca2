#include <cmath>
#include <string>
#include <vector>

#include "core/model/model.h"
#include "core/training/train.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/candles.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_training_ports.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::training {
namespace {

using ::aifx::testing::FakeBackend;
using ::aifx::testing::FakeCandleSource;
using ::aifx::testing::FakeClock;
using ::aifx::testing::IsOkAndHolds;
using ::aifx::testing::RecordingEvents;
using ::aifx::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TrainWeeklyTest : public ::testing::Test {
 protected:
  TrainWeeklyTest() {
    spec_.start = absl::FromUnixSeconds(1500000000);
    spec_.end = absl::FromUnixSeconds(1600000000);
    spec_.sequence = 6;
    spec_.horizon_bars = 4;
    spec_.hidden1 = spec_.hidden2 = spec_.dense = 4;
    spec_.max_epochs = 2;
    spec_.batch = 64;
    spec_.threads = 1;
  }

  absl::StatusOr<TrainReport> Train() {
    return TrainWeekly(spec_, {source_, store_, backend_, backend_, clock_, &events_}, callbacks_,
                       context_);
  }

  TrainSpec spec_{.pair = *market::CurrencyPair::Parse("EUR/USD")};
  std::vector<market::Candle> candles_ = testing::RandomWalk({.seed = 5, .count = 800});
  FakeCandleSource source_{candles_};
  FakeBackend backend_;
  RecordingEvents events_;
  FakeClock clock_{absl::FromUnixSeconds(1600000000)};  // 2020-09-13 12:26:40 UTC
  testing::TemporaryFolder folder_;
  model::ModelStore store_{folder_ / "models"};
  TrainCallbacks callbacks_;
  base::CallContext context_;
};

TEST_F(TrainWeeklyTest, MakesAVersionThatLoadsAndIsRegistered) {
  std::vector<std::string> stages;
  int epochs = 0;
  callbacks_.progress = [&](const std::string& stage, double) {
    if (stages.empty() || stages.back() != stage) stages.push_back(stage);
  };
  callbacks_.epoch = [&](const EpochReport& epoch) { EXPECT_EQ(epoch.epoch, ++epochs); };
  ASSERT_OK_AND_ASSIGN(const TrainReport report, Train());
  EXPECT_EQ(report.model_name, "eurusd-1h");
  EXPECT_EQ(report.version, 20200913122640);
  EXPECT_EQ(report.backend_id, "7");
  EXPECT_EQ(report.registration_error, "");
  EXPECT_TRUE(report.activated);
  EXPECT_THAT(events_.lines, ElementsAre("started eurusd-1h full", "completed eurusd-1h 7",
                                         "deployed eurusd-1h 7"));
  EXPECT_EQ(events_.completed->version, report.version);
  EXPECT_EQ(events_.completed->samples, report.samples);
  EXPECT_EQ(report.candles, 800);
  EXPECT_EQ(report.epochs, epochs);
  EXPECT_THAT(stages,
              ElementsAre("candles", "features", "fit", "calibrate", "score", "store", "register"));
  EXPECT_THAT(store_.BackendId("eurusd-1h", report.version), IsOkAndHolds("7"));
  ASSERT_OK_AND_ASSIGN(const auto model, model::LoadModel(store_, "eurusd-1h", report.version));
  const model::Manifest& manifest = model->manifest();
  EXPECT_EQ(manifest.label, model::Label::kTripleBarrier);
  EXPECT_EQ(manifest.decision.stop_atr, spec_.barrier_atr);
  EXPECT_EQ(manifest.trained_from, candles_.front().open_time);
  EXPECT_LT(manifest.trained_until, candles_.back().open_time);  // the gate was not trained on
  ASSERT_OK_AND_ASSIGN(const model::ActiveVersion active, store_.Active("eurusd-1h"));
  EXPECT_EQ(active.version, report.version);

  ASSERT_EQ(backend_.registrations.size(), 1u);
  EXPECT_EQ(backend_.registrations[0].version, "20200913122640");
  EXPECT_EQ(backend_.registrations[0].hyperparameters["hidden1"], 4);
  EXPECT_THAT(backend_.statuses, ElementsAre("7 deployed active"));
  EXPECT_THAT(backend_.logged_ids, ElementsAre("7"));
  EXPECT_EQ(backend_.sessions[0].num_samples, report.samples);
}

TEST_F(TrainWeeklyTest, ReportsEverySliceAndSaysWhereItHasNoEdge) {
  ASSERT_OK_AND_ASSIGN(const TrainReport report, Train());
  const nlohmann::json& metrics = report.metrics;
  for (const char* slice : {"fit", "early_stopping", "calibration", "gate"}) {
    EXPECT_GT(metrics["network"][slice]["samples"], 0) << slice;
    EXPECT_EQ(metrics["network"][slice]["samples"], metrics["slices"][slice]["samples"]) << slice;
  }
  const nlohmann::json& network = metrics["network"]["gate"];
  bool beats = true;
  for (const char* baseline : {"base_rate", "persistence", "logistic"}) {
    const nlohmann::json& scores = metrics["baselines"][baseline]["gate"];
    beats = beats && network["log_loss"] < scores["log_loss"] && network["auc"] > scores["auc"];
  }
  EXPECT_EQ(metrics["beats_baselines"], beats);
  for (const char* precision : {"bf16", "int8"}) {
    const nlohmann::json& record = metrics["precision"][precision];
    EXPECT_THAT(record["kernel"].get<std::string>(), HasSubstr(precision));
    EXPECT_EQ(record["windows"],
              report.stop_samples + report.calibration_samples + report.gate_samples);
    EXPECT_GT(record["largest_probability_difference"], 0);
    EXPECT_LT(record["largest_probability_difference"], 0.02);
  }
  EXPECT_EQ(report.warning.empty(), beats);
  EXPECT_EQ(report.fit_samples + report.stop_samples + report.calibration_samples +
                report.gate_samples + metrics["slices"]["purged_samples"].get<int64_t>(),
            report.samples);
}

// Both scale or look beyond the series; the loader checks the set's hash and the golden window.
TEST_F(TrainWeeklyTest, TrainsOnSetsWithOtherPairsAndOnScaledWindows) {
  for (const char* name : {"stationary-v2", "raw-ohlcv"}) {
    spec_.feature_set = name;
    spec_.model_name = absl::StrCat("on-", name);
    ASSERT_OK_AND_ASSIGN(const TrainReport report, Train());
    ASSERT_OK_AND_ASSIGN(const auto model,
                         model::LoadModel(store_, spec_.model_name, report.version));
    const auto& set = **features::FindFeatureSet(name);
    EXPECT_EQ(model->manifest().feature_set, name);
    EXPECT_EQ(model->manifest().features, static_cast<int64_t>(set.columns().size()));
    // Scaled windows need no scaler beside.
    EXPECT_EQ(model->manifest().scaler.mean == std::vector<double>(set.columns().size(), 0.0),
              set.window_scaling() == features::WindowScaling::kZScore);
  }
}

TEST_F(TrainWeeklyTest, RefusesWhereACandleSourceLacksAPairOfTheSet) {
  spec_.feature_set = "stationary-v2";
  source_.missing = *market::CurrencyPair::Parse("AUD/USD");
  EXPECT_THAT(Train(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                HasSubstr("needs the candles of AUD/USD too for EUR/USD")));
}

TEST_F(TrainWeeklyTest, TheSecondVersionWaitsForItsTurn) {
  ASSERT_OK_AND_ASSIGN(const TrainReport first, Train());
  ASSERT_OK_AND_ASSIGN(const TrainReport second, Train());  // in the same second
  EXPECT_EQ(second.version, first.version + 1);
  EXPECT_FALSE(second.activated);
  ASSERT_OK_AND_ASSIGN(const model::ActiveVersion active, store_.Active("eurusd-1h"));
  EXPECT_EQ(active.version, first.version);
  EXPECT_THAT(backend_.statuses, ElementsAre("7 deployed active", "7 trained"));
  // Same spec and candles: the same program, bit for bit.
  ASSERT_OK_AND_ASSIGN(const auto a, store_.ReadManifest("eurusd-1h", first.version));
  ASSERT_OK_AND_ASSIGN(const auto b, store_.ReadManifest("eurusd-1h", second.version));
  EXPECT_EQ(a.files, b.files);
  EXPECT_EQ(a.calibration.intercept, b.calibration.intercept);
}

TEST_F(TrainWeeklyTest, KeepsTheVersionWhereTheBackendIsDown) {
  backend_.register_status = absl::UnavailableError("connection refused");
  ASSERT_OK_AND_ASSIGN(const TrainReport report, Train());
  EXPECT_EQ(report.backend_id, "");
  EXPECT_THAT(report.registration_error, HasSubstr("connection refused"));
  EXPECT_THAT(backend_.statuses, IsEmpty());
  EXPECT_THAT(store_.BackendId("eurusd-1h", report.version), IsOkAndHolds(""));
  EXPECT_TRUE(model::LoadModel(store_, "eurusd-1h", report.version).ok());
}

TEST_F(TrainWeeklyTest, TheNextRunRegistersWhatTheOneBeforeCouldNot) {
  backend_.register_status = absl::UnavailableError("connection refused");
  ASSERT_OK_AND_ASSIGN(const TrainReport first, Train());
  EXPECT_THAT(Train(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("connection refused")));
  backend_.register_status = absl::OkStatus();
  ASSERT_OK_AND_ASSIGN(const TrainReport second, Train());
  ASSERT_EQ(backend_.registrations.size(), 2u);
  EXPECT_EQ(backend_.registrations[0].version, std::to_string(first.version));
  EXPECT_EQ(backend_.registrations[1].version, std::to_string(second.version));
  EXPECT_THAT(backend_.statuses, ElementsAre("7 deployed active", "7 trained"));
  EXPECT_THAT(store_.BackendId("eurusd-1h", first.version), IsOkAndHolds("7"));
}

TEST_F(TrainWeeklyTest, FindsAVersionThatIsRegisteredAlready) {
  backend_.register_status = absl::AlreadyExistsError("duplicate");
  ASSERT_OK_AND_ASSIGN(const TrainReport report, Train());
  EXPECT_EQ(report.backend_id, "9");
  EXPECT_THAT(backend_.statuses, ElementsAre("9 deployed active"));
}

TEST_F(TrainWeeklyTest, LeavesOutTheCandleInProgress) {
  FakeClock early(candles_.back().open_time + absl::Minutes(59));
  ASSERT_OK_AND_ASSIGN(
      const TrainReport report,
      TrainWeekly(spec_, {source_, store_, backend_, backend_, early}, callbacks_, context_));
  EXPECT_EQ(report.candles, 799);
}

TEST_F(TrainWeeklyTest, SaysHowManyCandlesAreNeeded) {
  spec_.end = candles_[120].open_time;
  EXPECT_THAT(Train(),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("EUR/USD 1h: 120 candles give")));
  spec_.end = candles_[0].open_time;
  EXPECT_THAT(Train(), StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("0 candles give")));
  EXPECT_THAT(store_.ListModels(), IsOkAndHolds(IsEmpty()));
}

TEST_F(TrainWeeklyTest, PassesOnTheSourcesErrorAndCancellation) {
  source_.status = absl::UnavailableError("backend down");
  EXPECT_THAT(Train(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("backend down")));
  EXPECT_THAT(events_.lines,
              ElementsAre("started eurusd-1h full", "completed eurusd-1h backend down"));
  source_.status = absl::OkStatus();
  callbacks_.epoch = [this](const EpochReport&) { context_.Cancel(); };
  EXPECT_THAT(Train(), StatusIs(absl::StatusCode::kCancelled, HasSubstr("cancelled")));
  EXPECT_THAT(store_.ListModels(), IsOkAndHolds(IsEmpty()));
}

TEST_F(TrainWeeklyTest, RefusesASpecOutOfRange) {
  const auto expect_refused = [&](auto change, const std::string& message) {
    const TrainSpec good = spec_;
    change(spec_);
    EXPECT_THAT(Train(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
    spec_ = good;
  };
  expect_refused([](TrainSpec& s) { s.end = s.start; }, "is not before end");
  expect_refused([](TrainSpec& s) { s.model_name = "../x"; }, "model_name ../x");
  expect_refused([](TrainSpec& s) { s.horizon_bars = 0; }, "horizon_bars 0");
  expect_refused([](TrainSpec& s) { s.sequence = 5000; }, "sequence 5000");
  expect_refused([](TrainSpec& s) { s.dropout2 = 1; }, "dropout2 1");
  expect_refused([](TrainSpec& s) { s.learning_rate = std::nan(""); }, "learning_rate nan");
  expect_refused([](TrainSpec& s) { s.batch = 0; }, "batch 0");
  expect_refused([](TrainSpec& s) { s.signal_coverage = 2; }, "signal_coverage 2");
  EXPECT_THAT(events_.lines, IsEmpty());
}

}  // namespace
}  // namespace aifx::training
