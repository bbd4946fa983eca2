#include "server/app/server_app.h"

#include <chrono>
#include <utility>

#include "core/base/status_macros.h"
#include "core/model/model.h"
#include "server/app/app_options.h"
#include "server/app/wire_safety.h"
#include "server/ops/library_pages.h"

namespace aifx::app {
namespace {

constexpr char kPredictionService[] = "aifx.ml.v1.PredictionService";
constexpr char kRecordService[] = "aifx.ml.v1.RecordService";
constexpr char kModelService[] = "aifx.ml.v1.ModelService";
constexpr char kTrainingService[] = "aifx.ml.v1.TrainingService";
constexpr char kInferenceService[] = "inference.GRPCInferenceService";

// Submissions that wait for the disk are committed together: many threads, few syncs.
const serving::Executor::Options kDurable = {.name = "outbox", .threads = 16, .queue_limit = 1024};

// Threads that sleep until the backend has answered a submission.
const serving::Executor::Options kWaiting = {.name = "waits", .threads = 32, .queue_limit = 1024};

// Null where nothing is to be recorded, or can be: predictions are served all the same.
std::unique_ptr<journal::PredictionJournal> OpenJournal(const config::ServerConfig& config,
                                                        base::Logger& logger) {
  if (!config.journal.Enabled()) return nullptr;
  const journal::PredictionJournal::Options options = JournalOptionsOf(config);
  auto opened = journal::PredictionJournal::Open(options, base::SystemClock(), logger);
  if (opened.ok()) return *std::move(opened);
  logger.Warning(
      "predictions are not recorded: the journal cannot be opened",
      {{"folder", options.files.folder}, {"error", std::string(opened.status().message())}});
  return nullptr;
}

}  // namespace

ServerApp::ServerApp(const config::ServerConfig& config, base::Logger& logger, BackendLink backend,
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
      predictor_(registry_, backend_.client.get(), base::SystemClock(), OptionsOfPredictor()),
      explainer_(predictor_),
      call_metrics_(
          {kPredictionService, kRecordService, kModelService, kTrainingService, kInferenceService}),
      guard_(base::SystemClock(), logger,
             {.max_deadline = config.limits.max_deadline,
              .receive_bytes = static_cast<size_t>(config.limits.receive_bytes),
              .authorizer = authorizer_.get(),
              .metrics = &call_metrics_}),
      inference_(BatcherOptionsOf(config.predict), base::SystemClock()),
      durable_(kDurable),
      waiting_(kWaiting),
      blocking_(BackendExecutorOptionsOf(config.backend)),
      store_reads_({.name = "model store", .threads = 1, .queue_limit = 64}),
      commands_({.name = "model commands", .threads = 1, .queue_limit = 16}),
      switching_({.name = "kill switches", .threads = 2, .queue_limit = 64}),
      mirror_(store_, *backend_.background_client, experiments_, logger),
      async_predictor_(predictor_, inference_, blocking_, base::SystemClock(),
                       AsyncOptionsOf(config.predict)),
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
               .switching = switching_,
               .commands = commands_,
               .activated = [this](const std::string& model) { mirror_.TellActive(model); },
               .remote_admin = config.listen.remote_admin || authorizer_->NeedsToken(),
               .experiments = &experiments_,
               .experiment_started =
                   [this](const serving::Experiment& experiment) {
                     mirror_.TellExperiment(experiment);
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
              .executors = {&durable_, &waiting_, &blocking_, &store_reads_, &commands_,
                            &switching_, &mirror_.executor()},
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

pipeline::PredictorOptions ServerApp::OptionsOfPredictor() {
  pipeline::PredictorOptions options = PredictorOptionsOf(config_.predict);
  options.kill_switches = &kill_switches_;
  options.experiments = &experiments_;
  options.listener = &counts_;
  return options;
}

ServerApp::~ServerApp() {
  model_refresher_.reset();
  operation_refresher_.reset();
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
  switching_.Shutdown();
  mirror_.Shutdown();  // after what queues here
}

absl::StatusOr<std::unique_ptr<ServerApp>> ServerApp::Start(const config::ServerConfig& config,
                                                            base::Logger& logger) {
  WarnOfRisks(config, logger);
  model::SetTensorThreads(1);  // an executor is one core; more threads would fight over them
  AIFX_ASSIGN_OR_RETURN(serving::RegistryOptions registry_options,
                        RegistryOptionsOf(config.models, config.predict));
  AIFX_ASSIGN_OR_RETURN(BackendLink backend, BackendLink::Open(config, logger));
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
  ops::GrpcServerOptions options = GrpcOptionsOf(config_);
  AIFX_ASSIGN_OR_RETURN(options.credentials, CredentialsOf(config_.tls, logger_));
  AIFX_ASSIGN_OR_RETURN(
      grpc_, ops::StartGrpcServer(std::move(options), {&health_, &predictions_, &records_, &models_,
                                                       &training_, &open_inference_}));
  AIFX_RETURN_IF_ERROR(pages_.Serve(
      config_.metrics, {.address = {config_.listen.host, grpc_.port}, .tls = config_.tls.Enabled()},
      logger_));
  RefreshOperation();
  RefreshModels();
  experiments_.Resume();
  if (!registry_.HasReadyModel()) {
    logger_.Warning("no model is ready: train one with `aifx train weekly`",
                    {{"models_dir", config_.models.dir}});
  }
  const absl::Duration interval = config_.models.refresh_interval;
  model_refresher_ = std::make_unique<Refresher>(interval, [this] { RefreshModels(); });
  operation_refresher_ = std::make_unique<Refresher>(interval, [this] { RefreshOperation(); });
  return absl::OkStatus();
}

void ServerApp::RefreshModels() {
  registry_.Refresh();
  // At once: /readyz tells of a model as soon as the registry has it.
  const serving::RegistryStats stats = registry_.Stats();
  model_health_.Update(stats.models);
  health_.SetServing(kPredictionService, registry_.HasReadyModel());
  health_.SetServing(kInferenceService, registry_.HasReadyModel());
  experiments_.Evaluate();
  // Loading is what needs most of LibTorch, and nothing after it does.
  if (const uint64_t loads = stats.loads + stats.load_failures;
      loads != std::exchange(loads_, loads)) {
    ops::ReleaseLibraryPages();
  }
}

void ServerApp::RefreshOperation() {
  authorizer_->Refresh();
  outbox_monitor_.Refresh();
  health_.SetServing(kRecordService, outbox_monitor_.Trouble().empty());
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
  const pipeline::PredictorOptions predict = PredictorOptionsOf(config.predict);
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
  model_refresher_.reset();
  operation_refresher_.reset();
  health_.EndWatches();
  // Calls of ours are over; what is left are idle streams of reflection.
  grpc_.Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(100));
  StopWork(outbox_grace_);
  return result;
}

}  // namespace aifx::app
