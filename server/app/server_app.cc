#include "server/app/server_app.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/model/model.h"
#include "server/config/cores.h"
#include "server/config/values.h"

namespace aifx::app {
namespace {

constexpr char kPredictionService[] = "aifx.ml.v1.PredictionService";
constexpr char kRecordService[] = "aifx.ml.v1.RecordService";
constexpr char kModelService[] = "aifx.ml.v1.ModelService";
constexpr char kTrainingService[] = "aifx.ml.v1.TrainingService";
constexpr char kInferenceService[] = "inference.GRPCInferenceService";

pipeline::PredictorOptions PredictorOptionsOf(const config::PredictConfig& predict) {
  pipeline::PredictorOptions options;
  options.stale_policy = predict.stale_candles == config::StaleCandles::kWarn
                             ? pipeline::StalePolicy::kWarn
                             : pipeline::StalePolicy::kHold;
  options.stale_after_bars = predict.stale_after_bars;
  return options;
}

serving::Executor::Options InferenceOptions(const config::PredictConfig& predict) {
  const int threads = predict.executors > 0 ? predict.executors : config::AvailableCores();
  return {.name = "inference",
          .threads = static_cast<size_t>(threads),
          .queue_limit = static_cast<size_t>(predict.queue_limit)};
}

serving::Executor::Options BlockingOptions(const config::BackendConfig& backend) {
  return {.name = "backend",
          .threads = static_cast<size_t>(backend.threads),
          .queue_limit = static_cast<size_t>(backend.queue_limit)};
}

// Submissions that wait for the disk are committed together: many threads, few syncs.
const serving::Executor::Options kDurable = {.name = "outbox", .threads = 16, .queue_limit = 1024};

// Threads that sleep until the backend has answered a submission.
const serving::Executor::Options kWaiting = {.name = "waits", .threads = 32, .queue_limit = 1024};

outbox::OutboxOptions OutboxOptionsOf(const config::OutboxConfig& config) {
  outbox::OutboxOptions options;
  options.folder = config.dir;
  options.max_rows = config.max_rows;
  options.max_bytes = config.max_bytes;
  return options;
}

// Whether a submission would be kept now: the disk works, and there is room.
bool CanAccept(outbox::Outbox& outbox, const config::OutboxConfig& config) {
  const auto stats = outbox.Stats();
  return stats.ok() && stats->disk.ok() && stats->usage.OpenRows() < config.max_rows &&
         stats->usage.open_bytes < config.max_bytes;
}

ops::GrpcServerOptions GrpcOptions(const config::ServerConfig& config) {
  return {.host = config.listen.host,
          .port = config.listen.port,
          .receive_bytes = config.limits.batch_receive_bytes,
          .metadata_bytes = config.limits.metadata_bytes,
          .streams_per_connection = config.limits.streams_per_connection,
          .handshake_timeout = config.limits.handshake_timeout,
          .connection_idle = config.limits.connection_idle,
          .connection_age = config.limits.connection_age,
          .connection_age_grace = config.limits.connection_age_grace,
          .keepalive_time = config.limits.keepalive_time,
          .keepalive_timeout = config.limits.keepalive_timeout,
          .min_ping_interval = config.limits.min_ping_interval};
}

void WarnOfRisks(const config::ServerConfig& config, base::Logger& logger) {
  if (!config::IsLoopbackHost(config.listen.host)) {
    logger.Warning("serving in plaintext beyond loopback: anyone on the network can call",
                   {{"listen", config.listen.Address()}});
  }
  if (config.backend.api_key.empty()) {
    logger.Warning("ML_ENGINE_API_KEY is not set: the backend will refuse every call",
                   {{"backend", config.backend.url}});
  }
}

}  // namespace

ServerApp::ServerApp(const config::ServerConfig& config, base::Logger& logger, Backend backend)
    : config_(config),
      logger_(logger),
      backend_(std::move(backend)),
      store_(config.models.dir),
      registry_(store_, logger),
      predictor_(registry_, backend_.client.get(), base::SystemClock(),
                 PredictorOptionsOf(config.predict)),
      engine_(predictor_),
      guard_(base::SystemClock(), logger,
             {.max_deadline = config.limits.max_deadline,
              .receive_bytes = static_cast<size_t>(config.limits.receive_bytes)}),
      inference_(InferenceOptions(config.predict)),
      durable_(kDurable),
      waiting_(kWaiting),
      blocking_(BlockingOptions(config.backend)),
      store_reads_({.name = "model store", .threads = 1, .queue_limit = 64}),
      predictions_({.guard = guard_,
                    .engine = engine_,
                    .submissions = *backend_.outbox,
                    .inference = inference_,
                    .durable = durable_,
                    .blocking = blocking_,
                    .default_model = config.models.default_name,
                    .batch_receive_bytes = static_cast<size_t>(config.limits.batch_receive_bytes)}),
      records_({.guard = guard_,
                .submissions = *backend_.outbox,
                .reader = *backend_.client,
                .durable = durable_,
                .waiting = waiting_,
                .blocking = blocking_,
                .remote_admin = config.listen.remote_admin}),
      models_({.guard = guard_, .store = store_, .registry = registry_, .blocking = store_reads_}),
      training_(guard_),
      runner_(inference_, base::SystemClock()),
      open_inference_({.guard = guard_,
                       .registry = registry_,
                       .runner = runner_,
                       .control = &registry_,
                       .commands = store_reads_,
                       .store_root = store_.root(),
                       .remote_admin = config.listen.remote_admin,
                       .receive_bytes = static_cast<size_t>(config.limits.batch_receive_bytes)}) {}

ServerApp::~ServerApp() {
  refresher_.reset();
  if (grpc_.server != nullptr) {
    health_.EndWatches();
    grpc_.server->Shutdown(std::chrono::system_clock::now());
  }
  StopWork(absl::ZeroDuration());
}

void ServerApp::StopWork(absl::Duration outbox_grace) {
  // First, because it ends the waits of those who want the backend's answer.
  backend_.outbox->Shutdown(outbox_grace);
  // Their tasks use the services, which are destroyed before them.
  inference_.Shutdown();
  durable_.Shutdown();
  waiting_.Shutdown();  // after those who queue here
  blocking_.Shutdown();
  store_reads_.Shutdown();
}

absl::StatusOr<ServerApp::Backend> ServerApp::OpenBackend(const config::ServerConfig& config,
                                                          base::Logger& logger) {
  Backend backend;
  AIFX_ASSIGN_OR_RETURN(
      backend.http, backend::MakeBackendHttp(config.backend.url, {}, base::SystemClock(), logger));
  backend::BackendConfig backend_config;
  backend_config.base_url = config.backend.url;
  backend_config.api_key = config.backend.api_key;
  AIFX_ASSIGN_OR_RETURN(
      backend.client, backend::BackendClient::Create(backend_config, backend.http->Dependencies()));
  backend_config.priority = http::Priority::kBackground;
  AIFX_ASSIGN_OR_RETURN(
      backend.background_client,
      backend::BackendClient::Create(std::move(backend_config), backend.http->Dependencies()));
  backend.delivery =
      std::make_unique<outbox::BackendDelivery>(*backend.background_client, base::SystemClock());
  AIFX_ASSIGN_OR_RETURN(backend.outbox, outbox::Outbox::Open(OutboxOptionsOf(config.outbox),
                                                             {.delivery = *backend.delivery,
                                                              .clock = base::SystemClock(),
                                                              .logger = logger,
                                                              .uniform = http::SystemUniform()}));
  return backend;
}

absl::StatusOr<std::unique_ptr<ServerApp>> ServerApp::Start(const config::ServerConfig& config,
                                                            base::Logger& logger) {
  WarnOfRisks(config, logger);
  model::SetTensorThreads(1);  // an executor is one core; more threads would fight over them
  AIFX_ASSIGN_OR_RETURN(Backend backend, OpenBackend(config, logger));
  std::unique_ptr<ServerApp> app(new ServerApp(config, logger, std::move(backend)));
  AIFX_RETURN_IF_ERROR(app->Listen());
  return app;
}

absl::Status ServerApp::Listen() {
  // Listening first: liveness is answered while models load.
  health_.SetServing("", true);
  health_.SetServing(kPredictionService, false);
  health_.SetServing(kRecordService, true);
  health_.SetServing(kModelService, true);
  health_.SetServing(kTrainingService, false);  // not there yet
  health_.SetServing(kInferenceService, false);
  AIFX_ASSIGN_OR_RETURN(
      grpc_, ops::StartGrpcServer(GrpcOptions(config_), {&health_, &predictions_, &records_,
                                                         &models_, &training_, &open_inference_}));
  Refresh();
  if (!registry_.HasReadyModel()) {
    logger_.Warning("no model is ready: train one with `aifx train weekly`",
                    {{"models_dir", config_.models.dir}});
  }
  refresher_ = std::make_unique<Refresher>(config_.models.refresh_interval, [this] { Refresh(); });
  return absl::OkStatus();
}

void ServerApp::Refresh() {
  registry_.Refresh();
  health_.SetServing(kPredictionService, registry_.HasReadyModel());
  health_.SetServing(kInferenceService, registry_.HasReadyModel());
  health_.SetServing(kRecordService, CanAccept(*backend_.outbox, config_.outbox));
}

std::string ServerApp::Address() const {
  config::ListenConfig listen = config_.listen;
  listen.port = grpc_.port;
  return listen.Address();
}

ops::DrainResult ServerApp::DrainAndStop(
    const std::function<bool(absl::Duration)>& wait_for_signal) {
  const ops::DrainSteps steps = {
      .report_not_serving =
          [this] {
            health_.Drain();
            open_inference_.ReportNotReady();
          },
      .refuse_new_calls =
          [this] {
            guard_.RefuseNewCalls();
            open_inference_.EndStreams();
          },
      .calls_in_flight = [this] { return guard_.CallsInFlight(); },
      .wait_for_signal = wait_for_signal,
  };
  const ops::DrainResult result = ops::Drain(
      steps, {.grace = config_.listen.drain_grace, .timeout = config_.listen.drain_timeout},
      logger_);
  if (result == ops::DrainResult::kForced) return result;
  refresher_.reset();
  health_.EndWatches();
  // Calls of ours are over; what is left are idle streams of reflection.
  grpc_.server->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(100));
  StopWork(config_.outbox.stop_grace);
  return result;
}

}  // namespace aifx::app
