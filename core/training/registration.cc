#include "core/training/registration.h"

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace aifx::training {

absl::Status RegisterVersion(const model::Manifest& manifest, const nlohmann::json& data_info,
                             const TrainingSession& session, bool activated,
                             const model::ModelStore& store, ModelRegistrar& registrar,
                             TrainingLog& log, const base::CallContext& context,
                             std::string& backend_id) {
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
  backend_id = *id;
  AIFX_RETURN_IF_ERROR(store.SetBackendId(manifest.name, manifest.version, backend_id));
  AIFX_RETURN_IF_ERROR(
      registrar.SetStatus(backend_id, activated ? "deployed" : "trained", activated, context));
  return log.Log(backend_id, session, context);
}

}  // namespace aifx::training
