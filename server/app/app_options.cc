#include "server/app/app_options.h"

#include <optional>
#include <random>

#include "core/base/status_macros.h"
#include "core/model/model.h"
#include "server/config/cores.h"

namespace aifx::app {
namespace {

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

}  // namespace

pipeline::PredictorOptions PredictorOptionsOf(const config::PredictConfig& predict) {
  pipeline::PredictorOptions options;
  options.stale_policy = predict.stale_candles == config::StaleCandles::kWarn
                             ? pipeline::StalePolicy::kWarn
                             : pipeline::StalePolicy::kHold;
  options.stale_after_bars = predict.stale_after_bars;
  options.model_expires_after = predict.model_expires_after;
  return options;
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

serving::Batcher::Options BatcherOptionsOf(const config::PredictConfig& predict) {
  const int threads = predict.executors > 0 ? predict.executors : config::AvailableCores();
  return {.threads = static_cast<size_t>(threads),
          .max_rows = static_cast<size_t>(predict.batch_rows),
          .queue_rows = static_cast<size_t>(predict.queue_limit),
          .computes_lone_jobs = true};
}

pipeline::AsyncPredictor::Options AsyncOptionsOf(const config::PredictConfig& predict) {
  std::random_device random;
  pipeline::AsyncPredictor::Options options;
  options.cache.max_entries = static_cast<size_t>(predict.cache_entries);
  options.candles.enabled = predict.cache_entries > 0;
  options.hash_seed = (uint64_t{random()} << 32) | random();
  return options;
}

serving::Executor::Options BackendExecutorOptionsOf(const config::BackendConfig& backend) {
  return {.name = "backend",
          .threads = static_cast<size_t>(backend.threads),
          .queue_limit = static_cast<size_t>(backend.queue_limit)};
}

outbox::OutboxOptions OutboxOptionsOf(const config::OutboxConfig& config) {
  outbox::OutboxOptions options;
  options.folder = config.dir;
  options.max_rows = config.max_rows;
  options.max_bytes = config.max_bytes;
  return options;
}

journal::PredictionJournal::Options JournalOptionsOf(const config::ServerConfig& config) {
  journal::PredictionJournal::Options options;
  options.files.folder =
      config.journal.dir.empty() ? config.outbox.dir + "/journal" : config.journal.dir;
  options.files.max_bytes = config.journal.max_bytes;
  options.max_per_second = config.journal.max_per_second;
  return options;
}

ops::DrainOptions DrainOptionsOf(const config::ListenConfig& listen) {
  return {.grace = listen.drain_grace, .timeout = listen.drain_timeout};
}

ops::GrpcServerOptions GrpcOptionsOf(const config::ServerConfig& config) {
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

}  // namespace aifx::app
