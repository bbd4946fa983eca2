#ifndef AIFX_SERVER_APP_SERVER_APP_H_
#define AIFX_SERVER_APP_SERVER_APP_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/base/log.h"
#include "core/journal/prediction_counts.h"
#include "core/journal/prediction_journal.h"
#include "core/model/model_store.h"
#include "core/pipeline/async_predictor.h"
#include "core/pipeline/explainer.h"
#include "core/pipeline/predictor.h"
#include "core/serving/batcher.h"
#include "core/serving/executor.h"
#include "core/serving/experiments.h"
#include "core/serving/kill_switch.h"
#include "core/serving/registry.h"
#include "server/app/backend_link.h"
#include "server/app/backend_mirror.h"
#include "server/app/operator_pages.h"
#include "server/app/outbox_monitor.h"
#include "server/app/refresher.h"
#include "server/config/server_config.h"
#include "server/ops/drain.h"
#include "server/ops/grpc_server.h"
#include "server/ops/health_service.h"
#include "server/ops/model_health.h"
#include "server/rpc/authorizer.h"
#include "server/rpc/explain_prediction.h"
#include "server/rpc/guard.h"
#include "server/rpc/inference/batcher_runner.h"
#include "server/rpc/inference/inference_service.h"
#include "server/rpc/model_service.h"
#include "server/rpc/prediction_engine.h"
#include "server/rpc/prediction_service.h"
#include "server/rpc/record_service.h"
#include "server/rpc/training_service.h"
#include "server/rpc/watch_hub.h"

namespace aifx::app {

// The whole server, wired: the only place that knows concrete types. Serves from Start on, with the
// backend down and without a model too. Members stand in the order of their dependence.
class ServerApp {
 public:
  // Opens the outbox, wires and starts to serve; then loads the active models. `logger` outlives
  // the app. Unavailable where the address cannot be served; InvalidArgument for the backend's
  // settings; the outbox's error where its folder cannot be used (FailedPrecondition: another
  // process has it).
  static absl::StatusOr<std::unique_ptr<ServerApp>> Start(const config::ServerConfig& config,
                                                          base::Logger& logger);
  ~ServerApp();

  // HOST:PORT that is served.
  std::string Address() const;
  // HOST:PORT of /metrics, /livez and /readyz; empty where they are off.
  std::string MetricsAddress() const { return pages_.Address(); }

  // For what this server does not know of: its program, its log.
  ops::MetricsPage& metrics() { return pages_.metrics(); }

  // Takes over the settings that change while serving (config/reload.h), but for the log's. Called
  // by the thread that calls DrainAndStop.
  void Reconfigure(const config::ServerConfig& config);

  // Takes the server out of service (ops/drain.h), then stops it. Submissions in flight get the
  // outbox's grace; what is not sent by then is sent after the next start.
  ops::DrainResult DrainAndStop(const std::function<bool(absl::Duration)>& wait_for_signal);

 private:
  ServerApp(const config::ServerConfig& config, base::Logger& logger, BackendLink backend,
            serving::RegistryOptions registry_options, std::unique_ptr<rpc::Authorizer> authorizer);

  // With what the predictor works with; the members above it exist by then.
  pipeline::PredictorOptions OptionsOfPredictor();
  absl::Status Listen();
  // What may wait for a model that is loading.
  void RefreshModels();
  // What must not: tokens and the outbox's health.
  void RefreshOperation();
  // Ends what runs on the executors; nobody calls any more.
  void StopWork(absl::Duration outbox_grace);

  const config::ServerConfig config_;
  ops::DrainOptions drain_;  // these two may change
  absl::Duration outbox_grace_;
  base::Logger& logger_;
  const BackendLink backend_;
  const std::unique_ptr<rpc::Authorizer> authorizer_;
  const model::ModelStore store_;
  serving::ModelRegistry registry_;
  serving::KillSwitches kill_switches_;
  serving::Experiments experiments_;
  const std::unique_ptr<journal::PredictionJournal> journal_;  // null: nothing is recorded
  journal::PredictionCounts counts_;
  pipeline::Predictor predictor_;
  const pipeline::Explainer explainer_;
  rpc::CallMetrics call_metrics_;
  rpc::StageMetrics stage_metrics_;
  // What the executors' tasks use stands above them, and the guard counts their calls.
  rpc::CallGuard guard_;
  serving::Batcher inference_;
  serving::Executor durable_;
  serving::Executor waiting_;
  serving::Executor blocking_;
  // Reads of the store, so that they never wait behind calls to a backend that does not answer.
  serving::Executor store_reads_;
  // Commands over models, one after another: each may load one.
  serving::Executor commands_;
  // Kill switches, which wait for nothing else.
  serving::Executor switching_;
  BackendMirror mirror_;
  pipeline::AsyncPredictor async_predictor_;
  rpc::PredictorEngine engine_;
  ops::HealthService health_;
  rpc::WatchHub watches_;
  ops::ModelHealth model_health_;
  OutboxMonitor outbox_monitor_;
  const rpc::ExplainPrediction explain_;
  rpc::PredictionService predictions_;
  rpc::RecordService records_;
  rpc::ModelService models_;
  rpc::TrainingService training_;
  rpc::BatcherRunner runner_;
  rpc::InferenceService open_inference_;
  ops::GrpcServer grpc_;
  OperatorPages pages_;
  uint64_t loads_ = 0;  // of models, when libraries' pages were last given back
  std::unique_ptr<Refresher> model_refresher_;
  std::unique_ptr<Refresher> operation_refresher_;
};

}  // namespace aifx::app

#endif  // AIFX_SERVER_APP_SERVER_APP_H_
