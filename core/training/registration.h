#ifndef AIFX_CORE_TRAINING_REGISTRATION_H_
#define AIFX_CORE_TRAINING_REGISTRATION_H_

#include <string>

#include "absl/status/status.h"
#include "core/base/call_context.h"
#include "core/model/manifest.h"
#include "core/model/model_store.h"
#include "core/training/ports.h"

namespace aifx::training {

// Makes a stored version known to the backend: registers it (or finds it, where it is registered
// already), keeps the id beside the version, sets the status (deployed and active, or trained) and
// logs the session. `backend_id` is set as soon as it is known, whatever fails after that.
absl::Status RegisterVersion(const model::Manifest& manifest, const nlohmann::json& data_info,
                             const TrainingSession& session, bool activated,
                             const model::ModelStore& store, ModelRegistrar& registrar,
                             TrainingLog& log, const base::CallContext& context,
                             std::string& backend_id);

// Registers the versions of a model that an earlier run stored but could not register (the backend
// did not answer), with their status. Their sessions are not logged any more. The first error ends
// it.
absl::Status RegisterPending(const std::string& model_name, const model::ModelStore& store,
                             ModelRegistrar& registrar, const base::CallContext& context);

}  // namespace aifx::training

#endif  // AIFX_CORE_TRAINING_REGISTRATION_H_
