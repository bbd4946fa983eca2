#ifndef AIFX_SERVER_APP_APP_OPTIONS_H_
#define AIFX_SERVER_APP_APP_OPTIONS_H_

#include "absl/status/statusor.h"
#include "client/outbox/outbox.h"
#include "core/journal/prediction_journal.h"
#include "core/pipeline/async_predictor.h"
#include "core/pipeline/predictor.h"
#include "core/serving/batcher.h"
#include "core/serving/executor.h"
#include "core/serving/registry.h"
#include "server/config/server_config.h"
#include "server/ops/drain.h"
#include "server/ops/grpc_server.h"

// What each part of the server is told of the configuration, which has been checked before. All of
// these may be called from any thread.
namespace aifx::app {

// Rules for old candles and models; the caller adds what the predictor works with.
pipeline::PredictorOptions PredictorOptionsOf(const config::PredictConfig& predict);

// The error of the public key's file where versions must be signed and it cannot be read.
absl::StatusOr<serving::RegistryOptions> RegistryOptionsOf(const config::ModelsConfig& models,
                                                           const config::PredictConfig& predict);

// Inference threads: as many as cores may be used, unless the configuration says how many.
serving::Batcher::Options BatcherOptionsOf(const config::PredictConfig& predict);

// With a new random seed for the hashes of keys that callers choose.
pipeline::AsyncPredictor::Options AsyncOptionsOf(const config::PredictConfig& predict);

serving::Executor::Options BackendExecutorOptionsOf(const config::BackendConfig& backend);

outbox::OutboxOptions OutboxOptionsOf(const config::OutboxConfig& config);

// The journal lies in the outbox's folder unless it has one of its own.
journal::PredictionJournal::Options JournalOptionsOf(const config::ServerConfig& config);

ops::DrainOptions DrainOptionsOf(const config::ListenConfig& listen);

// Without credentials, which may fail: CredentialsOf in wire_safety.h.
ops::GrpcServerOptions GrpcOptionsOf(const config::ServerConfig& config);

}  // namespace aifx::app

#endif  // AIFX_SERVER_APP_APP_OPTIONS_H_
