#ifndef AIFX_TESTS_UNIT_SERVER_RPC_SERVICE_FIXTURE_H_
#define AIFX_TESTS_UNIT_SERVER_RPC_SERVICE_FIXTURE_H_

#include <google/rpc/error_details.pb.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/mutex.h"
#include "core/market/candle.h"
#include "server/ops/grpc_server.h"
#include "server/rpc/prediction_service.h"
#include "server/rpc/record_service.h"
#include "tests/support/fake_candle_events.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_submission_store.h"

namespace aifx::rpc {

// Predicts HOLD for whatever comes, on a thread of `blocking` where candles are missing; its steps
// can be replaced.
class FakeEngine final : public PredictionEngine {
 public:
  explicit FakeEngine(serving::Executor& blocking) : blocking_(blocking) {}

  std::function<absl::Status(const pipeline::PredictRequest&)> on_prepare;
  std::function<absl::Status(const base::CallContext&)> on_fetch;
  std::function<absl::Status(serving::Lane)> on_run;
  absl::Time newest_open;  // of the candle that the backend has

  absl::StatusOr<pipeline::PreparedRequest> Prepare(
      pipeline::PredictRequest request) const override {
    if (on_prepare) {
      if (absl::Status status = on_prepare(request); !status.ok()) return status;
    }
    pipeline::PreparedRequest prepared{.request = std::move(request)};
    if (prepared.request.candles.has_value()) prepared.candles = *prepared.request.candles;
    return prepared;
  }
  void Start(pipeline::PreparedRequest request, serving::Lane lane,
             const base::CallContext& context, pipeline::AsyncPredictor::Done done,
             serving::Computes) override {
    if (!request.NeedsFetch()) return done(Run(request, lane));
    const absl::Status queued = blocking_.Submit([this, request, lane, context, done] {
      const absl::Status fetched = on_fetch ? on_fetch(context) : absl::OkStatus();
      fetched.ok() ? done(Run(request, lane)) : done(fetched);
    });
    if (!queued.ok()) done(queued);
  }
  void Invalidate(const market::CurrencyPair&, market::Timeframe, absl::Time) override {
    ++invalidations;
  }

  absl::Status Fetch(pipeline::PreparedRequest& prepared,
                     const base::CallContext& context) const override {
    prepared.candles.resize(1);
    return on_fetch ? on_fetch(context) : absl::OkStatus();
  }

  std::atomic<int> invalidations{0};

  absl::StatusOr<pipeline::PredictAnswer> Run(const pipeline::PreparedRequest& item,
                                              serving::Lane lane) {
    if (on_run) {
      if (absl::Status status = on_run(lane); !status.ok()) return status;
    }
    records::Prediction prediction{.id = item.request.request_id, .pair = item.request.pair};
    prediction.timeframe = item.request.timeframe;
    prediction.as_of = market::CloseTime(
        item.request.timeframe, item.candles.empty() ? newest_open : item.candles.back().open_time);
    prediction.confidence = 0.5;
    prediction.entry_price = 1.1;
    return pipeline::PredictAnswer{.prediction = prediction};
  }

 private:
  serving::Executor& blocking_;
};

// An explanation in two pieces, of which the second gives it.
class FakeRun final : public pipeline::ExplanationRun {
 public:
  using Explain = std::function<absl::StatusOr<pipeline::Explanation>()>;
  explicit FakeRun(Explain explain) : explain_(std::move(explain)) {}

  absl::StatusOr<bool> Advance() override {
    if (std::exchange(first_, false)) return true;
    auto explanation = explain_();
    if (!explanation.ok()) return explanation.status();
    explanation_ = *std::move(explanation);
    return false;
  }
  pipeline::Explanation Take() override { return *std::move(explanation_); }

 private:
  const Explain explain_;
  bool first_ = true;
  std::optional<pipeline::Explanation> explanation_;
};

// Holds two predictions.
class FakeReader final : public records::RecordReader {
 public:
  absl::Status status;

  absl::StatusOr<records::PredictionPage> ListPredictions(const records::PredictionQuery&,
                                                          const base::CallContext&) override {
    if (!status.ok()) return status;
    records::PredictionPage page;
    page.total = 2;
    page.predictions.push_back(
        {.backend_prediction_id = "p1", .pair = *market::CurrencyPair::Parse("EUR/USD")});
    return page;
  }
  absl::StatusOr<records::Accuracy> GetAccuracy(const records::AccuracyQuery&,
                                                const base::CallContext&) override {
    if (!status.ok()) return status;
    return records::Accuracy{.total_predictions = 3, .win_rate_percent = 66.7, .wins = 2};
  }
};

// Keeps lines, so that tests read what was logged.
class RecordingLogger final : public base::Logger {
 public:
  void Log(base::LogLevel, absl::string_view message, const base::LogFields& fields) override {
    base::MutexLock lock(mutex_);
    absl::StrAppend(&text_, message);
    for (const auto& [name, value] : fields) absl::StrAppend(&text_, " ", name, "=", value);
    absl::StrAppend(&text_, "\n");
  }
  std::string text() {
    base::MutexLock lock(mutex_);
    return text_;
  }

 private:
  base::Mutex mutex_;
  std::string text_;
};

// The services behind a real gRPC server on a real socket, with fakes below them.
class ServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto started = ops::StartGrpcServer({}, {&predictions_service_, &records_service_});
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
    const auto channel = grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_.port),
                                             grpc::InsecureChannelCredentials());
    predictions_ = ml::v1::PredictionService::NewStub(channel);
    records_ = ml::v1::RecordService::NewStub(channel);
    request_.set_pair("EUR/USD");
    request_.set_timeframe(ml::v1::TIMEFRAME_1H);
  }
  void TearDown() override { server_.Shutdown(std::chrono::system_clock::now()); }

  grpc::Status Predict() {
    response_.Clear();
    return predictions_->Predict(&context_, request_, &response_);
  }
  std::string ServerMetadata(const std::string& key) {
    // An error comes with trailers only.
    const auto& metadata = context_.GetServerTrailingMetadata();
    const auto found = metadata.find(key);
    return found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
  }

  testing::FakeClock clock_;
  RecordingLogger logger_;
  testing::FakeSubmissionStore store_;
  FakeReader reader_;
  CallGuard guard_{clock_, logger_, {.max_deadline = absl::Seconds(30), .receive_bytes = 1 << 20}};
  serving::Executor durable_{{.name = "outbox", .threads = 1, .queue_limit = 4}};
  serving::Executor waiting_{{.name = "waits", .threads = 1, .queue_limit = 1}};
  serving::Executor blocking_{{.name = "backend", .threads = 1, .queue_limit = 4}};
  FakeEngine engine_{blocking_};
  testing::FakeCandleEvents events_;
  WatchHub watches_{{.events = events_, .engine = engine_, .clock = clock_, .logger = logger_}};
  serving::Batcher inference_{{.threads = 1, .explain_rows = 1}, clock_};
  // Explains with one attribution; can be replaced.
  std::function<absl::StatusOr<pipeline::Explanation>(const pipeline::PreparedRequest&, int)>
      on_explain_ = [this](const pipeline::PreparedRequest& prepared,
                           int) -> absl::StatusOr<pipeline::Explanation> {
    pipeline::Explanation explanation{.answer = *engine_.Run(prepared, serving::Lane::kExplain),
                                      .output = "buy - sell"};
    explanation.attributions = {{0.25}, 0.75, 0.5, 0.001};
    explanation.feature_set = &features::DefaultFeatureSet();
    return explanation;
  };
  const ExplainPrediction explain_{{.guard = guard_,
                                    .engine = engine_,
                                    .explain =
                                        [this](pipeline::PreparedRequest prepared, int steps) {
                                          return std::make_unique<FakeRun>(
                                              [this, prepared = std::move(prepared), steps] {
                                                return on_explain_(prepared, steps);
                                              });
                                        },
                                    .blocking = blocking_,
                                    .inference = inference_,
                                    .default_model = "house"}};
  PredictionService predictions_service_{{.guard = guard_,
                                          .engine = engine_,
                                          .submissions = store_,
                                          .durable = durable_,
                                          .explain = explain_,
                                          .default_model = "house",
                                          .watches = watches_}};
  RecordService records_service_{{.guard = guard_,
                                  .submissions = store_,
                                  .reader = reader_,
                                  .durable = durable_,
                                  .waiting = waiting_,
                                  .blocking = blocking_}};
  ops::GrpcServer server_;
  std::unique_ptr<ml::v1::PredictionService::Stub> predictions_;
  std::unique_ptr<ml::v1::RecordService::Stub> records_;
  grpc::ClientContext context_;
  ml::v1::PredictRequest request_;
  ml::v1::PredictResponse response_;
};

// The ErrorInfo of a status' details; empty where there is none.
inline google::rpc::ErrorInfo InfoOf(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  details.ParseFromString(status.error_details());
  for (const auto& detail : details.details()) {
    if (detail.UnpackTo(&info)) break;
  }
  return info;
}

}  // namespace aifx::rpc

#endif  // AIFX_TESTS_UNIT_SERVER_RPC_SERVICE_FIXTURE_H_
