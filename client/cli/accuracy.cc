// aifx accuracy: how often predictions were right, as the backend counts.
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

struct AccuracyCommand {
  std::string pair, model_version_id, start, end;
  double min_confidence = 0;
  bool json = false;
  ServerOptions server;
};

std::string AccuracyText(const pb::GetAccuracyResponse& response, bool colour) {
  const auto& overall = response.overall();
  if (overall.total_predictions() == 0) return "no prediction has an outcome yet\n";
  const auto& outcomes = response.outcome_distribution();
  std::string text = absl::StrCat(
      Paint(absl::StrFormat("%.1f %% right", overall.win_rate_percent()), Tone::kStrong, colour),
      " of ", overall.total_predictions(), " predictions\n");
  text += FactLine("outcomes",
                   absl::StrCat(outcomes.wins(), " wins, ", outcomes.losses(), " losses, ",
                                outcomes.breakeven(), " break even"),
                   colour);
  text += FactLine("profit",
                   absl::StrCat(PipsWord(overall.total_pnl_pips()), ", on average ",
                                PipsWord(overall.average_pnl_pips())),
                   colour);
  Table bands({{"  confidence"}, {"predictions", true}, {"right", true}});
  for (const pb::ConfidenceBand& band : response.by_confidence()) {
    bands.AddRow({{absl::StrCat("  ", band.range())},
                  {absl::StrCat(band.total_predictions())},
                  {absl::StrFormat("%.1f %%", band.accuracy_percent())}});
  }
  if (!bands.empty()) absl::StrAppend(&text, "\n", bands.ToString(colour));
  return text;
}

absl::StatusOr<pb::GetAccuracyRequest> MakeRequest(const AccuracyCommand& command) {
  pb::GetAccuracyRequest request;
  request.set_pair(command.pair);
  request.set_model_version_id(command.model_version_id);
  if (command.min_confidence > 0) request.set_min_confidence(command.min_confidence);
  if (!command.start.empty()) {
    const absl::StatusOr<absl::Time> start = ParseTimeWord(command.start);
    if (!start.ok()) return start.status();
    *request.mutable_start_time() = ToProto(*start);
  }
  if (!command.end.empty()) {
    const absl::StatusOr<absl::Time> end = ParseTimeWord(command.end);
    if (!end.ok()) return end.status();
    *request.mutable_end_time() = ToProto(*end);
  }
  return request;
}

int Show(const AccuracyCommand& command, Console& console) {
  const absl::StatusOr<pb::GetAccuracyRequest> request = MakeRequest(command);
  if (!request.ok()) {
    ReportError("accuracy", request.status(), console);
    return kUsage;
  }
  pb::GetAccuracyResponse response;
  const auto stub = pb::RecordService::NewStub(Connect(command.server));
  const grpc::Status status = Call(command.server, [&](grpc::ClientContext* context) {
    return stub->GetAccuracy(context, *request, &response);
  });
  if (!status.ok()) return ReportError("accuracy", status, command.server, console);
  console.out << (command.json ? ToJsonLine(response) : AccuracyText(response, console.colour_out));
  return kDone;
}

}  // namespace

void AddAccuracy(CLI::App& app, Invocation& invocation) {
  auto command = std::make_shared<AccuracyCommand>();
  CLI::App* sub = app.add_subcommand("accuracy", "Show how often predictions were right");
  sub->add_option("--pair", command->pair, "Only this pair")->type_name("PAIR");
  sub->add_option("--model-version-id", command->model_version_id,
                  "Only this model version, by the backend's id (aifx models show)")
      ->type_name("UUID");
  sub->add_option("--start", command->start, "Only predictions made from then on")
      ->type_name("TIME");
  sub->add_option("--end", command->end, "Only predictions made up to then")->type_name("TIME");
  sub->add_option("--min-confidence", command->min_confidence, "Only predictions at least as sure")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("0..1");
  sub->add_flag("--json", command->json, "Write the answer as one line of JSON");
  AddServerOptions(*sub, &command->server);
  sub->callback([command, &invocation] {
    invocation.run = [command, &invocation] { return Show(*command, invocation.console); };
  });
}

}  // namespace aifx::cli
