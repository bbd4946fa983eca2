#include "client/backend/model_catalog.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/backend/values.h"
#include "core/base/status_macros.h"

namespace aifx::backend {
namespace {

using nlohmann::json;

constexpr int64_t kModelPage = 100;  // the most that the backend gives at a time

// Free JSON, in whatever form it was stored.
json FreeJson(const json& row, const char* key) {
  const auto found = row.find(key);
  return found == row.end() ? json() : *found;
}

absl::StatusOr<ModelVersion> ParseModel(const json& row, ObjectReader reader) {
  ModelVersion model;
  model.id = reader.String(reader.Has("modelId") ? "modelId" : "id");
  model.name = reader.String(reader.Has("modelName") ? "modelName" : "name");
  model.version = reader.String("version");
  model.description = reader.OptionalString("description").value_or("");
  model.model_type = reader.OptionalString("modelType").value_or("");
  model.status = reader.OptionalString("status").value_or("");
  model.is_active = reader.OptionalBool("isActive").value_or(false);
  model.trained_at = reader.OptionalTimestamp("trainedAt");
  AIFX_RETURN_IF_ERROR(reader.status());
  model.hyperparameters = FreeJson(row, "hyperparameters");
  model.training_metrics = FreeJson(row, "trainingMetrics");
  model.training_data_info = FreeJson(row, "trainingDataInfo");
  return model;
}

absl::StatusOr<ModelVersion> ParseModelRow(const json& row, size_t index) {
  return ParseModel(row, ObjectReader(row, "models", index));
}

}  // namespace

absl::StatusOr<Page<ModelVersion>> ModelCatalog::List(const ModelFilter& filter,
                                                      const base::CallContext& context) const {
  ListCall call{
      .route = {"GET", "/models", "listing models"}, .rows = "models", .page_size = kModelPage};
  if (!filter.name.empty()) call.query.emplace_back("modelName", filter.name);
  if (!filter.status.empty()) call.query.emplace_back("status", filter.status);
  if (filter.is_active.has_value()) {
    call.query.emplace_back("isActive", *filter.is_active ? "true" : "false");
  }
  return ReadPage(channel_, call, filter.offset, filter.limit, ParseModelRow, context);
}

absl::StatusOr<ModelVersion> ModelCatalog::Get(const std::string& id,
                                               const base::CallContext& context) const {
  Call call{.route = {"GET", "/models/:id", "reading models"}};
  call.path = absl::StrCat("/models/", http::PercentEncode(id));
  AIFX_ASSIGN_OR_RETURN(const json data, channel_.Send(call, context));
  return ParseModel(data, ObjectReader(data, "data"));
}

absl::StatusOr<bool> ModelCatalog::Update(const std::string& id, const ModelChange& change,
                                          const base::CallContext& context) const {
  Call call{.route = {"PUT", "/models/:id/status", "setting the status of models"}};
  call.path = absl::StrCat("/models/", http::PercentEncode(id), "/status");
  call.body = json::object();
  if (!change.status.empty()) (*call.body)["status"] = change.status;
  if (change.is_active.has_value()) (*call.body)["isActive"] = *change.is_active;
  AIFX_ASSIGN_OR_RETURN(const json data, channel_.Send(call, context));
  ObjectReader reader(data, "data");
  const bool is_active = reader.OptionalBool("isActive").value_or(change.is_active.value_or(false));
  AIFX_RETURN_IF_ERROR(reader.status());
  return is_active;
}

}  // namespace aifx::backend
