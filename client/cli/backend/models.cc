// aifx backend models, model, status: the model versions that are registered in the backend.
#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "client/backend/model_catalog.h"
#include "client/cli/backend/backend_command.h"
#include "client/cli/backend/subcommands.h"
#include "client/cli/table.h"
#include "client/cli/words.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

using backend::ModelVersion;

struct ModelsCommand : BackendCommand {
  std::string id, name, status;
  std::optional<bool> active;
  int64_t limit = 20;
};

nlohmann::json ModelJson(const ModelVersion& model) {
  nlohmann::json row = {{"id", model.id},
                        {"name", model.name},
                        {"version", model.version},
                        {"isActive", model.is_active}};
  PutJson(row, "description", model.description);
  PutJson(row, "modelType", model.model_type);
  PutJson(row, "status", model.status);
  PutJson(row, "trainedAt", model.trained_at);
  for (const auto& [key, value] : {std::pair("hyperparameters", &model.hyperparameters),
                                   std::pair("trainingMetrics", &model.training_metrics),
                                   std::pair("trainingDataInfo", &model.training_data_info)}) {
    if (!value->is_null()) row[key] = *value;
  }
  return row;
}

absl::StatusOr<Shown> ShowModels(const ModelsCommand& command, const BackendCall& call) {
  AIFX_ASSIGN_OR_RETURN(const auto page, backend::ModelCatalog(call.client.channel())
                                             .List({.name = command.name,
                                                    .status = command.status,
                                                    .is_active = command.active,
                                                    .limit = command.limit},
                                                   call.context));
  Shown shown{.json = {{"models", nlohmann::json::array()},
                       {"total", page.total},
                       {"skipped", page.skipped}}};
  Table table({{"name"}, {"version"}, {"status"}, {"active"}, {"type"}, {"trained"}, {"id"}});
  for (const ModelVersion& model : page.rows) {
    shown.json["models"].push_back(ModelJson(model));
    table.AddRow({{model.name},
                  {model.version},
                  {model.status},
                  {model.is_active ? "yes" : "", Tone::kGood},
                  {model.model_type},
                  {model.trained_at.has_value() ? TimeWord(*model.trained_at) : ""},
                  {model.id}});
  }
  shown.text = (table.empty() ? "no models\n" : table.ToString(call.colour)) +
               CountLine(page.rows.size(), page.total, page.skipped, call.colour);
  return shown;
}

absl::StatusOr<Shown> ShowModel(const ModelsCommand& command, const BackendCall& call) {
  AIFX_ASSIGN_OR_RETURN(const ModelVersion model,
                        backend::ModelCatalog(call.client.channel()).Get(command.id, call.context));
  Shown shown{.json = ModelJson(model)};
  shown.text =
      absl::StrCat(Paint(absl::StrCat(model.name, " ", model.version), Tone::kStrong, call.colour),
                   model.status.empty() ? "" : absl::StrCat("  ", model.status),
                   model.is_active ? ", active" : "", "\n");
  const auto fact = [&](const char* name, const std::string& value) {
    if (!value.empty()) shown.text += FactLine(name, value, call.colour);
  };
  fact("id", model.id);
  fact("description", model.description);
  fact("type", model.model_type);
  fact("trained", model.trained_at.has_value() ? TimeWord(*model.trained_at) : "");
  const auto json_fact = [&](const char* name, const nlohmann::json& value) {
    if (!value.is_null() && !value.empty()) {
      fact(name, value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    }
  };
  json_fact("parameters", model.hyperparameters);
  json_fact("metrics", model.training_metrics);
  json_fact("data", model.training_data_info);
  return shown;
}

absl::StatusOr<Shown> ChangeStatus(const ModelsCommand& command, const BackendCall& call) {
  if (command.status.empty() && !command.active.has_value()) {
    return absl::InvalidArgumentError("give --status, --active or both");
  }
  AIFX_ASSIGN_OR_RETURN(
      const bool active,
      backend::ModelCatalog(call.client.channel())
          .Update(command.id, {.status = command.status, .is_active = command.active},
                  call.context));
  Shown shown{.json = {{"modelId", command.id}, {"isActive", active}}};
  PutJson(shown.json, "status", command.status);
  shown.text =
      absl::StrCat("model ", command.id, " is ",
                   command.status.empty() ? "" : absl::StrCat(command.status, ", "),
                   active ? Paint("active", Tone::kGood, call.colour) : "not active", "\n");
  return shown;
}

CLI::Option* AddStatus(CLI::App& app, ModelsCommand* command, const char* help) {
  return app.add_option("--status", command->status, help)
      ->check(CLI::IsMember({"trained", "testing", "deployed", "retired"}))
      ->type_name("WORD");
}

CLI::Option* AddId(CLI::App& app, ModelsCommand* command) {
  return app.add_option("id", command->id, "The backend's id (aifx backend models)")
      ->required()
      ->type_name("UUID");
}

}  // namespace

void AddBackendModels(CLI::App& group, Invocation& invocation) {
  auto list = std::make_shared<ModelsCommand>();
  CLI::App* app = group.add_subcommand("models", "List registered model versions, newest first");
  app->add_option("--name", list->name, "Only versions of this model")->type_name("NAME");
  AddStatus(*app, list.get(), "trained, testing, deployed or retired");
  app->add_option("--active", list->active, "Only active versions, or only the others")
      ->type_name("true|false");
  app->add_option("--limit", list->limit, "At most so many")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  FinishBackendCommand(*app, "models", list, ShowModels, invocation);

  auto show = std::make_shared<ModelsCommand>();
  app = group.add_subcommand("model", "Show one model version in full");
  AddId(*app, show.get());
  FinishBackendCommand(*app, "model", show, ShowModel, invocation);

  auto change = std::make_shared<ModelsCommand>();
  app = group.add_subcommand("status", "Set the status of a model version, or activate it");
  AddId(*app, change.get());
  AddStatus(*app, change.get(), "trained, testing, deployed or retired");
  app->add_option("--active", change->active, "true makes the model's other versions inactive")
      ->type_name("true|false");
  FinishBackendCommand(*app, "status", change, ChangeStatus, invocation);
}

}  // namespace aifx::cli
