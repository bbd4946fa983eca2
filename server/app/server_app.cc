#include "server/app/server_app.h"

#include <chrono>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/backend/ab_tests.h"
#include "core/base/files.h"
#include "core/base/status_macros.h"
#include "core/model/model.h"
#include "server/app/candle_events.h"
#include "server/config/cores.h"
#include "server/config/values.h"
#include "server/ops/tls.h"

namespace aifx::app {
namespace {

constexpr char kPredictionService[] = "aifx.ml.v1.PredictionService";
constexpr char kRecordService[] = "aifx.ml.v1.RecordService";
constexpr char kModelService[] = "aifx.ml.v1.ModelService";
constexpr char kTrainingService[] = "aifx.ml.v1.TrainingService";
constexpr char kInferenceService[] = "inference.GRPCInferenceService";

// How long telling the backend of an activation may take.
constexpr absl::Duration kMirrorTimeout = absl::Seconds(20);

pipeline::PredictorOptions PredictorOptionsOf(const config::PredictConfig& predict,
                                              const serving::KillSwitches& kill_switches,
                                              const serving::Experiments& experiments,
                                              pipeline::PredictionListener* listener = nullptr) {
  pipeline::PredictorOptions options;
  options.stale_policy = predict.stale_candles == config::StaleCandles::kWarn
                             ? pipeline::StalePolicy::kWarn
                             : pipeline::StalePolicy::kHold;
  options.stale_after_bars = predict.stale_after_bars;
  options.model_expires_after = predict.model_expires_after;
  options.kill_switches = &kill_switches;
  options.experiments = &experiments;
  options.listener = listener;
  return options;
}

std::optional<model::Precision> PrecisionOf(config::LstmPrecision precision) {
  switch (precision) {
    case config::LstmPrecision::kManifest:
      return std::nullopt;
    case config::LstmPrecision::kF32:
      return model::Precision::kFloat32;
    case config::LstmPrecision::kBf16:
      return model::Precision::kBfloat16;
    case config::LstmPrecision::kInt8:
      return model::Precision::kInt8;
  }
  return std::nullopt;
}

absl::StatusOr<serving::RegistryOptions> RegistryOptionsOf(const config::ModelsConfig& models,
                                                           const config::PredictConfig& predict) {
  serving::RegistryOptions options;
  options.precision = PrecisionOf(predict.lstm_precision);
  options.max_kept = static_cast<size_t>(models.max_loaded);
  if (!models.public_key_file.empty()) {
    AIFX_ASSIGN_OR_RETURN(options.key, model::PublicKey::FromFile(models.public_key_file));
  }
  return options;
}

serving::Batcher::Options InferenceOptions(const config::PredictConfig& predict) {
  const int threads = predict.executors > 0 ? predict.executors : config::AvailableCores();
  return {.threads = static_cast<size_t>(threads),
          .max_rows = static_cast<size_t>(predict.batch_rows),
          .queue_rows = static_cast<size_t>(predict.queue_limit)};
}

pipeline::AsyncPredictor::Options AsyncOptions(const config::PredictConfig& predict) {
  std::random_device random;
  pipeline::AsyncPredictor::Options options;
  options.cache.max_entries = static_cast<size_t>(predict.cache_entries);
  options.candles.enabled = predict.cache_entries > 0;
  options.hash_seed = (uint64_t{random()} << 32) | random();
  return options;
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

// Null where nothing is to be recorded, or can be: predictions are served all the same.
std::unique_ptr<journal::PredictionJournal> OpenJournal(const config::ServerConfig& config,
                                                        base::Logger& logger) {
  if (!config.journal.Enabled()) return nullptr;
  journal::PredictionJournal::Options options;
  options.files.folder =
      config.journal.dir.empty() ? config.outbox.dir + "/journal" : config.journal.dir;
  options.files.max_bytes = config.journal.max_bytes;
  options.max_per_second = config.journal.max_per_second;
  auto opened = journal::PredictionJournal::Open(options, base::SystemClock(), logger);
  if (opened.ok()) return *std::move(opened);
  logger.Warning(
      "predictions are not recorded: the journal cannot be opened",
      {{"folder", options.files.folder}, {"error", std::string(opened.status().message())}});
  return nullptr;
}

ops::DrainOptions DrainOptionsOf(const config::ListenConfig& listen) {
  return {.grace = listen.drain_grace, .timeout = listen.drain_timeout};
}

ops::GrpcServerOptions GrpcOptions(const config::ServerConfig& config) {
  return {.host = config.listen.host,
          .port = config.listen.port,
          .receive_bytes = config.limits.batch_receive_bytes,
          .metadata_bytes = config.limits.metadata_bytes,
          .streams_per_connection = config.limits.streams_per_connection,
          .max_connections = config.limits.max_connections,
          .handshake_timeout = config.limits.handshake_timeout,
          .connection_idle = config.limits.connection_idle,
          .connection_age = config.limits.connection_age,
          .connection_age_grace = config.limits.connection_age_grace,
          .keepalive_time = config.limits.keepalive_time,
          .keepalive_timeout = config.limits.keepalive_timeout,
          .min_ping_interval = config.limits.min_ping_interval};
}

void WarnOfRisks(const config::ServerConfig& config, base::Logger& logger) {
  if (!config::IsLoopbackHost(config.listen.host) && !config.tls.AsksForCertificates()) {
    logger.Warning(config.tls.Enabled()
                       ? "serving beyond loopback without client certificates: anyone on the "
                         "network can take up connections"
                       : "serving in plaintext beyond loopback: anyone on the network can call",
                   {{"listen", config.listen.Address()}});
  }
  if (!config.auth.tokens_file.empty() && !config.tls.Enabled() &&
      !config::IsLoopbackHost(config.listen.host)) {
    logger.Warning("tokens travel in plaintext: anyone on the way can read them");
  }
  if (config.backend.api_key.empty()) {
    logger.Warning("ML_ENGINE_API_KEY is not set: the backend will refuse every call",
                   {{"backend", config.backend.url}});
  }
}

constexpr absl::Duration kExpiryWarning = absl::Hours(14 * 24);

// Null where the server has no TLS.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> CredentialsOf(const config::TlsConfig& tls,
                                                                       base::Logger& logger) {
  if (!tls.Enabled()) return std::shared_ptr<grpc::ServerCredentials>();
  const absl::Time now = base::SystemClock().Now();
  AIFX_ASSIGN_OR_RETURN(ops::TlsCredentials made,
                        ops::ServerTlsCredentials({.certificate = tls.certificate,
                                                   .key = tls.key,
                                                   .client_ca = tls.client_ca,
                                                   .reload_interval = tls.reload_interval},
                                                  now));
  if (made.expires < now + kExpiryWarning) {
    logger.Warning("the server's certificate expires soon: renew it",
                   {{"file", tls.certificate}, {"expires", absl::FormatTime(made.expires)}});
  }
  return std::move(made.credentials);
}

absl::StatusOr<std::unique_ptr<rpc::Authorizer>> OpenAuthorizer(const config::AuthConfig& auth,
                                                                base::Logger& logger) {
  if (auth.tokens_file.empty()) return std::make_unique<rpc::Authorizer>();
  const auto read = [](const std::string& path) { return base::ReadFile(path, 1 << 20); };
  return rpc::Authorizer::Open(auth.tokens_file, read, logger);
}

}  // namespace

ServerApp::ServerApp(const config::ServerConfig& config, base::Logger& logger, Backend backend,
                     serving::RegistryOptions registry_options,
                     std::unique_ptr<rpc::Authorizer> authorizer)
    : config_(config),
      drain_(DrainOptionsOf(config.listen)),
      outbox_grace_(config.outbox.stop_grace),
      logger_(logger),
      backend_(std::move(backend)),
      authorizer_(std::move(authorizer)),
      store_(config.models.dir),
      registry_(store_, logger, std::move(registry_options)),
      kill_switches_(config.models.dir, logger),
      experiments_({.store = store_,
                    .registry = registry_,
                    .control = registry_,
                    .clock = base::SystemClock(),
                    .logger = logger,
                    .rules = {}}),
      journal_(OpenJournal(config, logger)),
      counts_(journal_.get()),
      predictor_(registry_, backend_.client.get(), base::SystemClock(),
                 PredictorOptionsOf(config.predict, kill_switches_, experiments_, &counts_)),
      explainer_(predictor_),
      call_metrics_(
          {kPredictionService, kRecordService, kModelService, kTrainingService, kInferenceService}),
      guard_(base::SystemClock(), logger,
             {.max_deadline = config.limits.max_deadline,
              .receive_bytes = static_cast<size_t>(config.limits.receive_bytes),
              .authorizer = authorizer_.get(),
              .metrics = &call_metrics_}),
      inference_(InferenceOptions(config.predict), base::SystemClock()),
      durable_(kDurable),
      waiting_(kWaiting),
      blocking_(BlockingOptions(config.backend)),
      store_reads_({.name = "model store", .threads = 1, .queue_limit = 64}),
      commands_({.name = "model commands", .threads = 1, .queue_limit = 16}),
      mirror_({.name = "activations", .threads = 1, .queue_limit = 64}),
      async_predictor_(predictor_, inference_, blocking_, base::SystemClock(),
                       AsyncOptions(config.predict)),
      engine_(predictor_, async_predictor_),
      watches_({.events = *backend_.events,
                .engine = engine_,
                .clock = base::SystemClock(),
                .logger = logger}),
      model_health_(health_),
      outbox_monitor_(*backend_.outbox, config_.outbox, base::SystemClock()),
      explain_(
          {.guard = guard_,
           .engine = engine_,
           .explain = [this](pipeline::PreparedRequest prepared,
                             int steps) { return explainer_.Start(std::move(prepared), steps); },
           .blocking = blocking_,
           .inference = inference_,
           .default_model = config.models.default_name}),
      predictions_({.guard = guard_,
                    .engine = engine_,
                    .submissions = *backend_.outbox,
                    .durable = durable_,
                    .explain = explain_,
                    .default_model = config.models.default_name,
                    .batch_receive_bytes = static_cast<size_t>(config.limits.batch_receive_bytes),
                    .watches = watches_,
                    .stages = &stage_metrics_}),
      records_({.guard = guard_,
                .submissions = *backend_.outbox,
                .reader = *backend_.client,
                .durable = durable_,
                .waiting = waiting_,
                .blocking = blocking_,
                .remote_admin = config.listen.remote_admin || authorizer_->NeedsToken()}),
      models_({.guard = guard_,
               .store = store_,
               .registry = registry_,
               .blocking = store_reads_,
               .control = registry_,
               .kill_switches = kill_switches_,
               .commands = commands_,
               .activated =
                   [this](const std::string& model) {
                     const absl::Status queued =
                         mirror_.Submit([this, model] { MirrorActive(model); });
                     if (queued.ok()) return;
                     logger_.Warning("the backend is not told of an activation",
                                     {{"model", model}, {"error", std::string(queued.message())}});
                   },
               .remote_admin = config.listen.remote_admin || authorizer_->NeedsToken(),
               .experiments = &experiments_,
               .experiment_started =
                   [this](const serving::Experiment& experiment) {
                     const absl::Status queued =
                         mirror_.Submit([this, experiment] { MirrorExperiment(experiment); });
                     if (queued.ok()) return;
                     logger_.Warning("the backend is not told of an experiment",
                                     {{"experiment", experiment.name},
                                      {"error", std::string(queued.message())}});
                   }}),
      training_(guard_),
      runner_(inference_),
      open_inference_({.guard = guard_,
                       .registry = registry_,
                       .runner = runner_,
                       .control = &registry_,
                       .commands = commands_,
                       .store_root = store_.root(),
                       .remote_admin = config.listen.remote_admin || authorizer_->NeedsToken(),
                       .receive_bytes = static_cast<size_t>(config.limits.batch_receive_bytes)}),
      pages_({.calls = call_metrics_,
              .guard = guard_,
              .stages = stage_metrics_,
              .executors = {&durable_, &waiting_, &blocking_, &store_reads_, &commands_, &mirror_},
              .registry = registry_,
              .experiments = experiments_,
              .outbox = outbox_monitor_,
              .backend = *backend_.http,
              .inference = inference_,
              .predictor = async_predictor_,
              .watches = watches_,
              .journal = journal_.get(),
              .counts = counts_,
              .grpc = grpc_}) {
  registry_.OnSwap([this](const std::string& name, int64_t old_version, int64_t) {
    async_predictor_.EvictVersion(name, old_version);
  });
}

ServerApp::~ServerApp() {
  refresher_.reset();
  if (grpc_.server != nullptr) {
    health_.EndWatches();
    grpc_.Shutdown(std::chrono::system_clock::now());
  }
  StopWork(absl::ZeroDuration());
}

void ServerApp::StopWork(absl::Duration outbox_grace) {
  watches_.Shutdown();
  // First, because it ends the waits of those who want the backend's answer.
  backend_.outbox->Shutdown(outbox_grace);
  // Their tasks use the services, which are destroyed before them.
  inference_.Shutdown();
  durable_.Shutdown();
  waiting_.Shutdown();  // after those who queue here
  blocking_.Shutdown();
  store_reads_.Shutdown();
  commands_.Shutdown();
  mirror_.Shutdown();  // after what queues here
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
  AIFX_ASSIGN_OR_RETURN(backend.events, OpenCandleEvents(config.events, *backend.background_client,
                                                         base::SystemClock(), logger));
  return backend;
}

absl::StatusOr<std::unique_ptr<ServerApp>> ServerApp::Start(const config::ServerConfig& config,
                                                            base::Logger& logger) {
  WarnOfRisks(config, logger);
  model::SetTensorThreads(1);  // an executor is one core; more threads would fight over them
  AIFX_ASSIGN_OR_RETURN(serving::RegistryOptions registry_options,
                        RegistryOptionsOf(config.models, config.predict));
  AIFX_ASSIGN_OR_RETURN(Backend backend, OpenBackend(config, logger));
  AIFX_ASSIGN_OR_RETURN(auto authorizer, OpenAuthorizer(config.auth, logger));
  std::unique_ptr<ServerApp> app(new ServerApp(config, logger, std::move(backend),
                                               std::move(registry_options), std::move(authorizer)));
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
  ops::GrpcServerOptions options = GrpcOptions(config_);
  AIFX_ASSIGN_OR_RETURN(options.credentials, CredentialsOf(config_.tls, logger_));
  AIFX_ASSIGN_OR_RETURN(
      grpc_, ops::StartGrpcServer(std::move(options), {&health_, &predictions_, &records_, &models_,
                                                       &training_, &open_inference_}));
  AIFX_RETURN_IF_ERROR(pages_.Serve(
      config_.metrics, {.address = {config_.listen.host, grpc_.port}, .tls = config_.tls.Enabled()},
      logger_));
  Refresh();
  experiments_.Resume();
  if (!registry_.HasReadyModel()) {
    logger_.Warning("no model is ready: train one with `aifx train weekly`",
                    {{"models_dir", config_.models.dir}});
  }
  refresher_ = std::make_unique<Refresher>(config_.models.refresh_interval, [this] { Refresh(); });
  return absl::OkStatus();
}

void ServerApp::Refresh() {
  authorizer_->Refresh();
  registry_.Refresh();
  experiments_.Evaluate();
  model_health_.Update(registry_.Stats().models);
  health_.SetServing(kPredictionService, registry_.HasReadyModel());
  health_.SetServing(kInferenceService, registry_.HasReadyModel());
  outbox_monitor_.Refresh();
  health_.SetServing(kRecordService, outbox_monitor_.Trouble().empty());
}

void ServerApp::MirrorActive(const std::string& model) {
  const auto active = store_.Active(model);
  if (!active.ok()) return;
  const auto backend_id = store_.BackendId(model, active->version);
  // While its registration is pending the backend does not know it; registering sets its status.
  if (!backend_id.ok() || backend_id->empty()) return;
  base::CallContext context;
  context.deadline = base::SystemClock().Now() + kMirrorTimeout;
  const absl::Status told =
      backend_.background_client->SetStatus(*backend_id, "deployed", true, context);
  if (told.ok()) return;
  logger_.Warning("the backend does not know which version is active",
                  {{"model", model},
                   {"version", absl::StrCat(active->version)},
                   {"error", std::string(told.message())}});
}

void ServerApp::MirrorExperiment(const serving::Experiment& experiment) {
  if (experiment.kind == serving::ExperimentKind::kShadow) return;  // the backend knows A/B tests
  const auto champion = store_.BackendId(experiment.model, experiment.champion);
  const auto candidate = store_.BackendId(experiment.model, experiment.candidate);
  if (!champion.ok() || champion->empty() || !candidate.ok() || candidate->empty()) {
    logger_.Warning("the backend does not know both versions of an experiment",
                    {{"experiment", experiment.name}});
    return;
  }
  base::CallContext context;
  context.deadline = base::SystemClock().Now() + kMirrorTimeout;
  const backend::AbTestClient tests(backend_.background_client->channel());
  const auto created = tests.Create(
      {.name = experiment.name,
       .model_a_id = *champion,
       .model_b_id = *candidate,
       .traffic_split = 100 - experiment.candidate_percent,
       .description = absl::StrCat("aifx ", serving::ExperimentKindName(experiment.kind))},
      context);
  if (created.ok()) return experiments_.SetBackendId(experiment.name, created->id);
  logger_.Warning(
      "the backend does not know of an experiment",
      {{"experiment", experiment.name}, {"error", std::string(created.status().message())}});
}

std::string ServerApp::Address() const {
  config::ListenConfig listen = config_.listen;
  listen.port = grpc_.port;
  return listen.Address();
}

void ServerApp::Reconfigure(const config::ServerConfig& config) {
  drain_ = DrainOptionsOf(config.listen);
  outbox_grace_ = config.outbox.stop_grace;
  guard_.SetLimits(config.limits.max_deadline, static_cast<size_t>(config.limits.receive_bytes));
  const pipeline::PredictorOptions predict =
      PredictorOptionsOf(config.predict, kill_switches_, experiments_);
  predictor_.SetStalePolicy(predict.stale_policy, predict.stale_after_bars);
}

ops::DrainResult ServerApp::DrainAndStop(
    const std::function<bool(absl::Duration)>& wait_for_signal) {
  const ops::DrainSteps steps = {
      .report_not_serving =
          [this] {
            pages_.Drain();
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
  const ops::DrainResult result = ops::Drain(steps, drain_, logger_);
  if (result == ops::DrainResult::kForced) return result;
  refresher_.reset();
  health_.EndWatches();
  // Calls of ours are over; what is left are idle streams of reflection.
  grpc_.Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(100));
  StopWork(outbox_grace_);
  return result;
}

}  // namespace aifx::app
