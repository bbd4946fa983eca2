#ifndef AIFX_CORE_TRAINING_PORTS_H_
#define AIFX_CORE_TRAINING_PORTS_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/call_context.h"

// Where training reports what it made; client/backend implements these. Calls block, are
// thread-safe and fail as the ports of core/records/ports.h do.
namespace aifx::training {

struct ModelRegistration {
  std::string model_name;
  std::string version;    // YYYYMMDDhhmmss
  std::string algorithm;  // such as "lstm"
  nlohmann::json hyperparameters;
  nlohmann::json training_metrics;
  nlohmann::json training_data_info;
  std::string description;
};

class ModelRegistrar {
 public:
  virtual ~ModelRegistrar() = default;
  // The backend's id of the new version. ALREADY_EXISTS where the version is registered.
  virtual absl::StatusOr<std::string> Register(const ModelRegistration& registration,
                                               const base::CallContext& context) = 0;
  // `status`: trained, testing, deployed or retired.
  virtual absl::Status SetStatus(const std::string& backend_id, const std::string& status,
                                 bool is_active, const base::CallContext& context) = 0;
  // The id under which a version is registered. NOT_FOUND where it is not.
  virtual absl::StatusOr<std::string> FindVersion(const std::string& model_name,
                                                  const std::string& version,
                                                  const base::CallContext& context) = 0;
};

struct TrainingSession {
  std::string model_version;  // YYYYMMDDhhmmss
  std::string training_type;  // "full" or "incremental"
  absl::Time data_start, data_end;
  int64_t num_samples = 0;
  double train_loss = 0, train_accuracy = 0;  // accuracies in 0..1
  int64_t train_samples = 0;
  double validation_loss = 0, validation_accuracy = 0;
  int64_t validation_samples = 0;
  nlohmann::json hyperparameters;
  absl::Duration duration;
  std::string notes;
};

class TrainingLog {
 public:
  virtual ~TrainingLog() = default;
  virtual absl::Status Log(const std::string& backend_model_id, const TrainingSession& session,
                           const base::CallContext& context) = 0;
};

}  // namespace aifx::training

#endif  // AIFX_CORE_TRAINING_PORTS_H_
