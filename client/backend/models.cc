#include <utility>

#include "absl/strings/str_cat.h"
#include "client/backend/backend_client.h"
#include "client/backend/values.h"
#include "core/base/status_macros.h"

namespace aifx::backend {
namespace {

using nlohmann::json;

constexpr int64_t kModelPage = 100;  // the most that the backend gives at a time

// Null, which the backend refuses for a JSON column, becomes an empty object.
json OrEmpty(const json& value) { return value.is_null() ? json::object() : value; }

std::string ModelPath(const std::string& id, const char* rest) {
  return absl::StrCat("/models/", http::PercentEncode(id), rest);
}

}  // namespace

absl::StatusOr<std::string> BackendClient::Register(const training::ModelRegistration& registration,
                                                    const base::CallContext& context) {
  Call call{.route = {"POST", "/models/version", "registering models"}};
  call.body = json{{"modelName", registration.model_name},
                   {"version", registration.version},
                   {"algorithm", registration.algorithm},
                   {"hyperparameters", OrEmpty(registration.hyperparameters)},
                   {"trainingMetrics", OrEmpty(registration.training_metrics)},
                   {"trainingDataInfo", OrEmpty(registration.training_data_info)},
                   {"description", registration.description}};
  call.idempotent = false;
  AIFX_ASSIGN_OR_RETURN(const json data, channel_.Send(call, context));
  ObjectReader reader(data, "data");
  std::string id = reader.String("modelId");
  AIFX_RETURN_IF_ERROR(reader.status());
  return id;
}

absl::Status BackendClient::SetStatus(const std::string& backend_id, const std::string& status,
                                      bool is_active, const base::CallContext& context) {
  Call call{.route = {"PUT", "/models/:id/status", "setting the status of models"}};
  call.path = ModelPath(backend_id, "/status");
  call.body = json{{"status", status}, {"isActive", is_active}};
  return channel_.Send(call, context).status();
}

absl::StatusOr<std::string> BackendClient::FindVersion(const std::string& model_name,
                                                       const std::string& version,
                                                       const base::CallContext& context) {
  int64_t seen = 0;
  int64_t odd = 0;  // rows that make no sense
  while (true) {
    Call call{.route = {"GET", "/models", "listing models"}};
    call.query = {{"modelName", model_name},
                  {"limit", absl::StrCat(kModelPage)},
                  {"offset", absl::StrCat(seen)}};
    AIFX_ASSIGN_OR_RETURN(const json data, channel_.Send(call, context));
    ObjectReader reader(data, "data");
    const json& rows = reader.Array("models");
    ObjectReader pagination(reader.Object("pagination"), "pagination");
    const int64_t total = pagination.Integer("total");
    AIFX_RETURN_IF_ERROR(reader.status());
    AIFX_RETURN_IF_ERROR(pagination.status());
    for (size_t i = 0; i < rows.size(); ++i) {
      ObjectReader row(rows[i], "models", i);
      const std::string name = row.String(row.Has("modelName") ? "modelName" : "name");
      const std::string row_version = row.String("version");
      std::string id = row.String(row.Has("modelId") ? "modelId" : "id");
      odd += row.status().ok() ? 0 : 1;
      if (row.status().ok() && name == model_name && row_version == version) return id;
    }
    seen += static_cast<int64_t>(rows.size());
    if (rows.empty() || seen >= total) break;
  }
  return absl::NotFoundError(absl::StrCat(
      "the backend has no version ", version, " of model ", model_name, " (", seen,
      " versions of it are there", odd == 0 ? "" : absl::StrCat(", ", odd, " make no sense"), ")"));
}

absl::Status BackendClient::Log(const std::string& backend_model_id,
                                const training::TrainingSession& session,
                                const base::CallContext& context) {
  Call call{.route = {"POST", "/models/:id/training-logs", "logging training"}};
  call.path = ModelPath(backend_model_id, "/training-logs");
  call.body = json{{"modelVersion", session.model_version},
                   {"trainingType", session.training_type},
                   {"dataStartDate", FormatTimestamp(session.data_start)},
                   {"dataEndDate", FormatTimestamp(session.data_end)},
                   {"numSamples", session.num_samples},
                   {"trainingMetrics",
                    {{"loss", session.train_loss},
                     {"accuracy", session.train_accuracy},
                     {"trainSamples", session.train_samples}}},
                   {"validationMetrics",
                    {{"loss", session.validation_loss},
                     {"accuracy", session.validation_accuracy},
                     {"valSamples", session.validation_samples}}},
                   {"hyperparameters", OrEmpty(session.hyperparameters)},
                   {"duration", absl::ToInt64Seconds(session.duration + absl::Milliseconds(500))},
                   {"notes", session.notes}};
  call.idempotent = false;
  return channel_.Send(call, context).status();
}

}  // namespace aifx::backend
