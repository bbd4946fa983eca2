#include "client/backend/backend_client.h"

#include <utility>

#include "client/backend/values.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"

namespace aifx::backend {

absl::StatusOr<std::unique_ptr<BackendClient>> BackendClient::Create(
    BackendConfig config, BackendDependencies dependencies) {
  const std::vector<base::FieldViolation> violations = ValidateConfig(config);
  if (!violations.empty()) return base::InvalidArgument(violations);
  return std::unique_ptr<BackendClient>(
      new BackendClient(std::move(config), std::move(dependencies)));
}

absl::StatusOr<BackendHealth> BackendClient::Health(const base::CallContext& context) {
  AIFX_ASSIGN_OR_RETURN(const nlohmann::json data,
                        channel_.Send({.route = {"GET", "/health", "the health check"}}, context));
  ObjectReader reader(data, "data");
  BackendHealth health;
  health.status = reader.String("status");
  health.service = reader.OptionalString("service").value_or("");
  health.timestamp = reader.OptionalString("timestamp");
  AIFX_RETURN_IF_ERROR(reader.status());
  return health;
}

}  // namespace aifx::backend
