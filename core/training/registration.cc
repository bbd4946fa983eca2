#include "core/training/registration.h"

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace aifx::training {

namespace {

// Registers a version, or finds it where it is registered already, and keeps the backend's id.
absl::StatusOr<std::string> Announce(const model::Manifest& manifest,
                                     const nlohmann::json& data_info,
                                     const model::ModelStore& store, ModelRegistrar& registrar,
                                     const base::CallContext& context) {
  ModelRegistration registration;
  registration.model_name = manifest.name;
  registration.version = absl::StrCat(manifest.version);
  registration.algorithm = manifest.algorithm;
  registration.hyperparameters = manifest.hyperparameters;
  registration.training_metrics = manifest.metrics;
  registration.training_data_info = data_info;
  registration.description = manifest.description;
  absl::StatusOr<std::string> id = registrar.Register(registration, context);
  if (absl::IsAlreadyExists(id.status())) {
    id = registrar.FindVersion(registration.model_name, registration.version, context);
  }
  AIFX_RETURN_IF_ERROR(id.status());
  AIFX_RETURN_IF_ERROR(store.SetBackendId(manifest.name, manifest.version, *id));
  return id;
}

absl::Status SetStatus(const std::string& backend_id, bool active, ModelRegistrar& registrar,
                       const base::CallContext& context) {
  return registrar.SetStatus(backend_id, active ? "deployed" : "trained", active, context);
}

}  // namespace

absl::Status RegisterVersion(const model::Manifest& manifest, const nlohmann::json& data_info,
                             const TrainingSession& session, bool activated,
                             const model::ModelStore& store, ModelRegistrar& registrar,
                             TrainingLog& log, const base::CallContext& context,
                             std::string& backend_id) {
  AIFX_ASSIGN_OR_RETURN(backend_id, Announce(manifest, data_info, store, registrar, context));
  AIFX_RETURN_IF_ERROR(SetStatus(backend_id, activated, registrar, context));
  return log.Log(backend_id, session, context);
}

absl::Status RegisterPending(const std::string& model_name, const model::ModelStore& store,
                             ModelRegistrar& registrar, const base::CallContext& context) {
  const absl::StatusOr<std::vector<int64_t>> versions = store.ListVersions(model_name);
  if (absl::IsNotFound(versions.status())) return absl::OkStatus();
  AIFX_RETURN_IF_ERROR(versions.status());
  const absl::StatusOr<model::ActiveVersion> active = store.Active(model_name);
  for (const int64_t version : *versions) {
    AIFX_ASSIGN_OR_RETURN(const std::string known, store.BackendId(model_name, version));
    if (!known.empty()) continue;
    AIFX_ASSIGN_OR_RETURN(const model::Manifest manifest, store.ReadManifest(model_name, version));
    const nlohmann::json data_info = {{"pair", manifest.pair}, {"timeframe", manifest.timeframe}};
    AIFX_ASSIGN_OR_RETURN(const std::string id,
                          Announce(manifest, data_info, store, registrar, context));
    AIFX_RETURN_IF_ERROR(
        SetStatus(id, active.ok() && active->version == version, registrar, context));
  }
  return absl::OkStatus();
}

}  // namespace aifx::training
