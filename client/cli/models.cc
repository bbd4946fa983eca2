// aifx models: the versions in the server's model store.
#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "aifx/ml/v1/model_service.grpc.pb.h"
#include "client/cli/commands.h"
#include "client/cli/connection.h"
#include "client/cli/errors.h"
#include "client/cli/json_output.h"
#include "client/cli/models_commands.h"
#include "client/cli/table.h"
#include "client/cli/words.h"

namespace aifx::cli {
namespace {

struct ModelsCommand {
  std::string name;
  int64_t version = 0;
  bool json = false;
  ServerOptions server;
};

Tone StateTone(pb::ModelState state) {
  if (state == pb::MODEL_STATE_READY) return Tone::kGood;
  return state == pb::MODEL_STATE_FAILED ? Tone::kBad : Tone::kPlain;
}

std::string ModelsText(const pb::ListModelsResponse& response, bool colour) {
  if (response.models().empty())
    return "the model store is empty: train one with `aifx train weekly`\n";
  Table table({{"name"},
               {"version"},
               {"state"},
               {"active"},
               {"series"},
               {"algorithm"},
               {"label"},
               {"trained until"}});
  for (const pb::Model& model : response.models()) {
    table.AddRow({{model.name()},
                  {absl::StrCat(model.version())},
                  {ModelStateWord(model.state()), StateTone(model.state())},
                  {model.active() ? "yes" : ""},
                  {absl::StrCat(model.pair(), " ", model.timeframe())},
                  {model.algorithm()},
                  {model.label()},
                  {TimeWord(model.trained_until())}});
  }
  return table.ToString(colour);
}

std::string ModelText(const pb::GetModelResponse& response, bool colour) {
  const pb::Model& model = response.model();
  const pb::ModelManifest& manifest = response.manifest();
  std::string text =
      absl::StrCat(Paint(absl::StrCat(model.name(), " ", model.version()), Tone::kStrong, colour),
                   "  ", Paint(ModelStateWord(model.state()), StateTone(model.state()), colour),
                   model.active() ? ", active" : "", "\n");
  const auto fact = [&](absl::string_view name, absl::string_view value) {
    if (!value.empty()) text += FactLine(name, value, colour);
  };
  if (model.has_error()) fact("error", model.error().message());
  fact("series", absl::StrCat(model.pair(), " ", model.timeframe()));
  fact("algorithm", absl::StrCat(model.algorithm(), ", ", manifest.runtime(),
                                 model.kernel().empty() ? "" : ", ", model.kernel()));
  fact("label", absl::StrCat(model.label(), " over ", manifest.horizon_bars(), " candles (",
                             absl::StrJoin(manifest.classes(), ", "), ")"));
  fact("input",
       absl::StrCat(manifest.sequence(), " x ", manifest.features(), " ", manifest.feature_set(),
                    ", needs ", manifest.candles_needed(), " candles"));
  fact("decision", absl::StrFormat("edge at least %.4f, stop %.2f and take %.2f ATR",
                                   manifest.min_edge(), manifest.stop_atr(), manifest.take_atr()));
  fact("trained on", absl::StrCat(TimeWord(manifest.trained_from()), " to ",
                                  TimeWord(model.trained_until()), ", seed ", manifest.seed()));
  if (response.golden_check().has_passed()) {
    fact("golden window", response.golden_check().passed() ? "passed" : "failed");
  }
  fact("backend id", model.backend_id().empty() ? "registration pending" : model.backend_id());
  return text;
}

grpc::Status ReadAll(const ModelsCommand& command, pb::ListModelsResponse* all) {
  const auto stub = pb::ModelService::NewStub(Connect(command.server));
  pb::ListModelsRequest request;
  do {
    pb::ListModelsResponse page;
    const grpc::Status status = Call(command.server, [&](grpc::ClientContext* context) {
      return stub->ListModels(context, request, &page);
    });
    if (!status.ok()) return status;
    all->mutable_models()->MergeFrom(page.models());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return grpc::Status::OK;
}

int List(const ModelsCommand& command, Console& console) {
  pb::ListModelsResponse response;
  if (grpc::Status status = ReadAll(command, &response); !status.ok()) {
    return ReportError("models", status, command.server, console);
  }
  console.out << (command.json ? ToJsonLine(response) : ModelsText(response, console.colour_out));
  return kDone;
}

int Show(const ModelsCommand& command, Console& console) {
  pb::GetModelRequest request;
  request.set_name(command.name);
  if (command.version != 0) request.set_version(command.version);
  pb::GetModelResponse response;
  const auto stub = pb::ModelService::NewStub(Connect(command.server));
  const grpc::Status status = Call(command.server, [&](grpc::ClientContext* context) {
    return stub->GetModel(context, request, &response);
  });
  if (!status.ok()) {
    return ReportError(absl::StrCat("model ", command.name), status, command.server, console);
  }
  console.out << (command.json ? ToJsonLine(response) : ModelText(response, console.colour_out));
  return kDone;
}

}  // namespace

void AddModels(CLI::App& app, Invocation& invocation) {
  auto command = std::make_shared<ModelsCommand>();
  CLI::App* sub =
      app.add_subcommand("models", "List the server's models, show one, or command them");
  sub->add_flag("--json", command->json, "Write the answer as one line of JSON");
  AddServerOptions(*sub, &command->server);
  CLI::App* show = sub->add_subcommand("show", "Show one version in full");
  show->add_option("name", command->name, "Such as eurusd-1h")->required()->type_name("NAME");
  show->add_option("--version", command->version, "Default: the active one")
      ->type_name("YYYYMMDDhhmmss");
  show->add_flag("--json", command->json, "Write the answer as one line of JSON");
  AddServerOptions(*show, &command->server);
  show->callback([command, &invocation] {
    invocation.run = [command, &invocation] { return Show(*command, invocation.console); };
  });
  AddModelCommands(*sub, invocation);
  sub->callback([command, sub, &invocation] {  // runs after a subcommand's
    if (!sub->get_subcommands().empty()) return;
    invocation.run = [command, &invocation] { return List(*command, invocation.console); };
  });
}

}  // namespace aifx::cli
