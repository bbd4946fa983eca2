// aifx models load, unload, activate, rollback: commands of an administrator.
#include "client/cli/models_commands.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/str_cat.h"
#include "aifx/ml/v1/model_service.grpc.pb.h"
#include "client/cli/connection.h"
#include "client/cli/errors.h"
#include "client/cli/json_output.h"
#include "client/cli/words.h"

namespace aifx::cli {
namespace {

struct ModelCommand {
  std::string name;
  int64_t version = 0;
  bool json = false;
  ServerOptions server;
};

// "eurusd-1h 20180612100000 is ready, active".
std::string StateText(const pb::Model& model) {
  return absl::StrCat(model.name(), " ", model.version(), " is ", ModelStateWord(model.state()),
                      model.active() ? ", active" : "", "\n");
}

std::string ActivationText(const pb::SetActiveVersionResponse& response) {
  std::string text =
      absl::StrCat(response.model().name(), " ", response.model().version(), " serves");
  if (response.has_previous_version()) {
    absl::StrAppend(&text, "; `aifx models rollback ", response.model().name(), "` goes back to ",
                    response.previous_version());
  }
  return text + "\n";
}

// Makes one call and writes its answer, or what went wrong.
template <typename Request, typename Response, typename Text>
int Command(const ModelCommand& command, const std::string& verb,
            grpc::Status (pb::ModelService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                           Response*),
            const Request& request, Text text, Console& console) {
  Response response;
  const auto stub = pb::ModelService::NewStub(Connect(command.server));
  const grpc::Status status = Call(command.server, [&](grpc::ClientContext* context) {
    return (*stub.*method)(context, request, &response);
  });
  if (!status.ok()) {
    return ReportError(absl::StrCat("models ", verb, " ", command.name), status, command.server,
                       console);
  }
  console.out << (command.json ? ToJsonLine(response) : text(response));
  return kDone;
}

template <typename Request>
Request WithVersion(const ModelCommand& command) {
  Request request;
  request.set_name(command.name);
  request.set_version(command.version);
  return request;
}

int Load(const ModelCommand& command, Console& console) {
  return Command(command, "load", &pb::ModelService::Stub::LoadModel,
                 WithVersion<pb::LoadModelRequest>(command), StateText, console);
}

int Unload(const ModelCommand& command, Console& console) {
  return Command(command, "unload", &pb::ModelService::Stub::UnloadModel,
                 WithVersion<pb::UnloadModelRequest>(command), StateText, console);
}

int Activate(const ModelCommand& command, Console& console) {
  return Command(command, "activate", &pb::ModelService::Stub::SetActiveVersion,
                 WithVersion<pb::SetActiveVersionRequest>(command), ActivationText, console);
}

int Rollback(const ModelCommand& command, Console& console) {
  auto request = WithVersion<pb::SetActiveVersionRequest>(command);
  request.set_rollback(true);
  return Command(command, "rollback", &pb::ModelService::Stub::SetActiveVersion, request,
                 ActivationText, console);
}

}  // namespace

void AddModelCommands(CLI::App& models, Invocation& invocation) {
  auto command = std::make_shared<ModelCommand>();
  enum class Version { kRequired, kOptional, kNone };
  const auto add = [&](const char* verb, const char* help, Version version,
                       int (*run)(const ModelCommand&, Console&)) {
    CLI::App* sub = models.add_subcommand(verb, help);
    sub->add_option("name", command->name, "Such as eurusd-1h")->required()->type_name("NAME");
    if (version != Version::kNone) {
      sub->add_option("version", command->version,
                      version == Version::kRequired ? "Its number"
                                                    : "Default: the active one, else the newest")
          ->required(version == Version::kRequired)
          ->type_name("YYYYMMDDhhmmss");
    }
    sub->add_flag("--json", command->json, "Write the answer as one line of JSON");
    AddServerOptions(*sub, &command->server);
    sub->callback([command, run, &invocation] {
      invocation.run = [command, run, &invocation] { return run(*command, invocation.console); };
    });
  };
  add("load", "Keep a version loaded for requests that name it", Version::kOptional, Load);
  add("unload", "Free a version that was loaded", Version::kRequired, Unload);
  add("activate", "Make a version serve", Version::kRequired, Activate);
  add("rollback", "Make the version before the active one serve", Version::kNone, Rollback);
}

}  // namespace aifx::cli
