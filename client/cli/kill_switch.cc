// aifx kill-switch: turns predictions into HOLD, and ends that.
#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/str_cat.h"
#include "aifx/ml/v1/model_service.grpc.pb.h"
#include "client/cli/commands.h"
#include "client/cli/connection.h"
#include "client/cli/errors.h"
#include "client/cli/json_output.h"
#include "client/cli/words.h"

namespace aifx::cli {
namespace {

struct KillSwitchCommand {
  bool everything = false;
  std::string pair, model, reason;
  bool json = false;
  ServerOptions server;
};

std::string EngagedText(const pb::SetKillSwitchResponse& response) {
  if (response.engaged().empty()) return "no kill switch is engaged\n";
  std::string text;
  for (const pb::KillSwitch& engaged : response.engaged()) {
    const std::string scope =
        engaged.global() ? "everything"
                         : absl::StrCat(engaged.has_pair() ? "pair " : "model ",
                                        engaged.has_pair() ? engaged.pair() : engaged.model_name());
    absl::StrAppend(&text, scope, " is on HOLD since ", TimeWord(engaged.set_at()), ": ",
                    engaged.reason(), "\n");
  }
  return text;
}

int Set(const KillSwitchCommand& command, bool engaged, Console& console) {
  pb::SetKillSwitchRequest request;
  request.set_engaged(engaged);
  pb::KillSwitch& named = *request.mutable_kill_switch();
  if (command.everything) named.set_global(true);
  if (!command.pair.empty()) named.set_pair(command.pair);
  if (!command.model.empty()) named.set_model_name(command.model);
  named.set_reason(command.reason);
  pb::SetKillSwitchResponse response;
  const auto stub = pb::ModelService::NewStub(Connect(command.server));
  const grpc::Status status = Call(command.server, [&](grpc::ClientContext* context) {
    return stub->SetKillSwitch(context, request, &response);
  });
  if (!status.ok()) return ReportError("kill-switch", status, command.server, console);
  console.out << (command.json ? ToJsonLine(response) : EngagedText(response));
  return kDone;
}

}  // namespace

void AddKillSwitch(CLI::App& app, Invocation& invocation) {
  auto command = std::make_shared<KillSwitchCommand>();
  CLI::App* sub =
      app.add_subcommand("kill-switch", "Turn predictions into HOLD at once, and end that");
  sub->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, bool engaged) {
    CLI::App* verb = sub->add_subcommand(name, help);
    CLI::Option_group* scope = verb->add_option_group("scope", "What it holds");
    scope->add_flag("--all", command->everything, "Everything");
    scope->add_option("--pair", command->pair, "One pair, such as EUR/USD")->type_name("PAIR");
    scope->add_option("--model", command->model, "One model, such as eurusd-1h")->type_name("NAME");
    scope->require_option(1);
    if (engaged) {
      verb->add_option("--reason", command->reason, "For people; shown with every answer")
          ->type_name("TEXT");
    }
    verb->add_flag("--json", command->json, "Write the answer as one line of JSON");
    AddServerOptions(*verb, &command->server);
    verb->callback([command, engaged, &invocation] {
      invocation.run = [command, engaged, &invocation] {
        return Set(*command, engaged, invocation.console);
      };
    });
  };
  add("on", "Engage a switch", true);
  add("off", "Take a switch back", false);
}

}  // namespace aifx::cli
