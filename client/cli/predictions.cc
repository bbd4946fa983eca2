// aifx predictions: what the backend holds, newest first.
#include <CLI/CLI.hpp>
#include <algorithm>
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

constexpr int kPageSize = 100;  // the contract's largest

struct PredictionsCommand {
  std::string pair, status, outcome;
  double min_confidence = 0;
  int limit = 20;
  bool json = false;
  ServerOptions server;
};

absl::StatusOr<pb::ListPredictionsRequest> MakeRequest(const PredictionsCommand& command) {
  pb::ListPredictionsRequest request;
  request.set_pair(command.pair);
  if (!command.status.empty()) {
    const absl::StatusOr<pb::PredictionStatus> status = ParsePredictionStatusWord(command.status);
    if (!status.ok()) return status.status();
    request.set_status(*status);
  }
  if (!command.outcome.empty()) {
    const absl::StatusOr<pb::Outcome> outcome = ParseOutcomeWord(command.outcome);
    if (!outcome.ok()) return outcome.status();
    request.set_outcome(*outcome);
  }
  if (command.min_confidence > 0) request.set_min_confidence(command.min_confidence);
  return request;
}

// Pages until `limit` predictions are there or none are left.
grpc::Status ReadAll(const PredictionsCommand& command, pb::ListPredictionsRequest request,
                     pb::ListPredictionsResponse* all) {
  const auto stub = pb::RecordService::NewStub(Connect(command.server));
  while (all->predictions_size() < command.limit) {
    request.set_page_size(std::min(kPageSize, command.limit - all->predictions_size()));
    request.set_page_token(all->next_page_token());
    pb::ListPredictionsResponse page;
    const grpc::Status status = Call(command.server, [&](grpc::ClientContext* context) {
      return stub->ListPredictions(context, request, &page);
    });
    if (!status.ok()) return status;
    all->mutable_predictions()->MergeFrom(page.predictions());
    all->set_next_page_token(page.next_page_token());
    all->set_total_size(page.total_size());
    if (page.next_page_token().empty()) break;
  }
  return grpc::Status::OK;
}

Tone OutcomeTone(pb::Outcome outcome) {
  if (outcome == pb::OUTCOME_WIN) return Tone::kGood;
  return outcome == pb::OUTCOME_LOSS ? Tone::kBad : Tone::kPlain;
}

std::string PredictionsText(const pb::ListPredictionsResponse& response, bool colour) {
  if (response.predictions().empty()) return "no predictions\n";
  Table table({{"recorded"},
               {"pair"},
               {"frame"},
               {"signal"},
               {"confidence", true},
               {"entry", true},
               {"outcome"},
               {"profit", true},
               {"id"}});
  for (const pb::PredictionRecord& record : response.predictions()) {
    table.AddRow({{TimeWord(record.created_at())},
                  {record.pair()},
                  {TimeframeWord(record.timeframe())},
                  {SignalWord(record.signal())},
                  {absl::StrFormat("%.2f", record.confidence())},
                  {PriceWord(record.entry_price(), record.pair())},
                  {OutcomeWord(record.outcome()), OutcomeTone(record.outcome())},
                  {record.has_pnl_pips() ? PipsWord(record.pnl_pips()) : ""},
                  {record.backend_prediction_id()}});
  }
  return absl::StrCat(table.ToString(colour), response.predictions_size(), " of ",
                      response.total_size(), "\n");
}

int Show(const PredictionsCommand& command, Console& console) {
  const absl::StatusOr<pb::ListPredictionsRequest> request = MakeRequest(command);
  if (!request.ok()) {
    ReportError("predictions", request.status(), console);
    return kUsage;
  }
  pb::ListPredictionsResponse response;
  if (grpc::Status status = ReadAll(command, *request, &response); !status.ok()) {
    return ReportError("predictions", status, command.server, console);
  }
  console.out << (command.json ? ToJsonLine(response)
                               : PredictionsText(response, console.colour_out));
  return kDone;
}

}  // namespace

void AddPredictions(CLI::App& app, Invocation& invocation) {
  auto command = std::make_shared<PredictionsCommand>();
  CLI::App* sub = app.add_subcommand("predictions", "List recorded predictions, newest first");
  sub->add_option("--pair", command->pair, "Only this pair")->type_name("PAIR");
  sub->add_option("--status", command->status, "active, triggered, stopped, expired or cancelled")
      ->type_name("WORD");
  sub->add_option("--outcome", command->outcome, "win, loss or breakeven")->type_name("WORD");
  sub->add_option("--min-confidence", command->min_confidence, "Only predictions at least as sure")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("0..1");
  sub->add_option("--limit", command->limit, "At most so many")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  sub->add_flag("--json", command->json, "Write the answer as one line of JSON");
  AddServerOptions(*sub, &command->server);
  sub->callback([command, &invocation] {
    invocation.run = [command, &invocation] { return Show(*command, invocation.console); };
  });
}

}  // namespace aifx::cli
