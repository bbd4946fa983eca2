// aifx outcome: records how a prediction ended.
#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "aifx/ml/v1/record_service.grpc.pb.h"
#include "client/cli/commands.h"
#include "client/cli/connection.h"
#include "client/cli/errors.h"
#include "client/cli/json_output.h"
#include "client/cli/table.h"
#include "client/cli/words.h"

namespace aifx::cli {
namespace {

struct OutcomeCommand {
  std::string prediction_id;
  std::string outcome;
  double pnl_pips = 0;
  double pnl_percent = 0;
  bool json = false;
  ServerOptions server;
};

std::string OutcomeText(const pb::UpdateOutcomeResponse& response, bool colour) {
  std::string text = absl::StrCat(
      Paint(OutcomeWord(response.outcome()),
            response.outcome() == pb::OUTCOME_WIN ? Tone::kGood : Tone::kCaution, colour),
      " recorded for prediction ", response.backend_prediction_id(), "\n");
  if (response.has_pnl_pips()) text += FactLine("profit", PipsWord(response.pnl_pips()), colour);
  if (response.has_pnl_percent()) {
    text += FactLine("in percent", absl::StrFormat("%+.2f %%", response.pnl_percent()), colour);
  }
  if (response.has_duration() && response.duration().seconds() > 0) {
    text += FactLine("after", DurationWord(FromProto(response.duration())), colour);
  }
  return text;
}

int Record(const OutcomeCommand& command, Console& console) {
  const absl::StatusOr<pb::Outcome> outcome = ParseOutcomeWord(command.outcome);
  if (!outcome.ok()) {
    ReportError("outcome", outcome.status(), console);
    return kUsage;
  }
  pb::UpdateOutcomeRequest request;
  request.set_prediction_id(command.prediction_id);
  request.set_outcome(*outcome);
  request.set_pnl_pips(command.pnl_pips);
  request.set_pnl_percent(command.pnl_percent);
  request.set_wait(true);
  pb::UpdateOutcomeResponse response;
  const auto stub = pb::RecordService::NewStub(Connect(command.server));
  const grpc::Status status = Call(command.server, [&](grpc::ClientContext* context) {
    return stub->UpdateOutcome(context, request, &response);
  });
  if (!status.ok()) {
    return ReportError(absl::StrCat("outcome of ", command.prediction_id), status, command.server,
                       console);
  }
  console.out << (command.json ? ToJsonLine(response) : OutcomeText(response, console.colour_out));
  return kDone;
}

}  // namespace

void AddOutcome(CLI::App& app, Invocation& invocation) {
  auto command = std::make_shared<OutcomeCommand>();
  CLI::App* sub = app.add_subcommand("outcome", "Record how a prediction ended");
  sub->add_option("prediction_id", command->prediction_id,
                  "The backend's id, or the id that it was predicted with")
      ->required()
      ->type_name("UUID");
  sub->add_option("--outcome", command->outcome, "win, loss or breakeven")
      ->required()
      ->type_name("WORD");
  sub->add_option("--pnl-pips", command->pnl_pips, "Profit in pips, negative for a loss")
      ->required()
      ->type_name("PIPS");
  sub->add_option("--pnl-percent", command->pnl_percent, "The same in percent of the entry price")
      ->required()
      ->type_name("PERCENT");
  sub->add_flag("--json", command->json, "Write the answer as one line of JSON");
  AddServerOptions(*sub, &command->server);
  sub->callback([command, &invocation] {
    invocation.run = [command, &invocation] { return Record(*command, invocation.console); };
  });
}

}  // namespace aifx::cli
