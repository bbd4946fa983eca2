// aifx backend outcome: records how a prediction ended.
#include <CLI/CLI.hpp>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/backend/record_filter.h"
#include "client/cli/backend/subcommands.h"
#include "client/cli/words.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

struct OutcomeCommand : BackendCommand {
  std::string prediction_id, outcome;
  double pnl_pips = 0, pnl_percent = 0;
};

absl::StatusOr<Shown> Show(const OutcomeCommand& command, const BackendCall& call) {
  AIFX_ASSIGN_OR_RETURN(const std::optional<records::Outcome> outcome,
                        OutcomeOption(command.outcome));
  if (!outcome.has_value()) {
    return absl::InvalidArgumentError("--outcome is empty, it must be win, loss or breakeven");
  }
  AIFX_ASSIGN_OR_RETURN(const records::OutcomeReceipt receipt,
                        call.client.UpdateOutcome({.prediction_id = command.prediction_id,
                                                   .outcome = *outcome,
                                                   .pnl_pips = command.pnl_pips,
                                                   .pnl_percent = command.pnl_percent},
                                                  call.context));
  const std::string name(records::OutcomeName(receipt.outcome));
  Shown shown{.json = {{"predictionId", receipt.backend_prediction_id}, {"outcome", name}}};
  PutJson(shown.json, "actualPnL", receipt.pnl_pips);
  PutJson(shown.json, "actualPnLPercent", receipt.pnl_percent);
  shown.text = absl::StrCat(
      Paint(name, receipt.outcome == records::Outcome::kWin ? Tone::kGood : Tone::kCaution,
            call.colour),
      " recorded for prediction ", receipt.backend_prediction_id, "\n");
  if (receipt.pnl_pips.has_value()) {
    shown.text += FactLine("profit", PipsWord(*receipt.pnl_pips), call.colour);
  }
  if (receipt.pnl_percent.has_value()) {
    shown.text +=
        FactLine("in percent", absl::StrFormat("%+.2f %%", *receipt.pnl_percent), call.colour);
  }
  if (receipt.duration_minutes.value_or(0) > 0) {
    shown.json["durationMinutes"] = *receipt.duration_minutes;
    shown.text +=
        FactLine("after", DurationWord(absl::Minutes(*receipt.duration_minutes)), call.colour);
  }
  return shown;
}

}  // namespace

void AddBackendOutcome(CLI::App& group, Invocation& invocation) {
  auto command = std::make_shared<OutcomeCommand>();
  CLI::App* app = group.add_subcommand("outcome", "Record how a prediction ended");
  app->add_option("prediction_id", command->prediction_id,
                  "The backend's id, or the id that it was predicted with")
      ->required()
      ->type_name("UUID");
  app->add_option("--outcome", command->outcome, "win, loss or breakeven")
      ->required()
      ->type_name("WORD");
  app->add_option("--pnl-pips", command->pnl_pips, "Profit in pips, negative for a loss")
      ->required()
      ->type_name("PIPS");
  app->add_option("--pnl-percent", command->pnl_percent, "The same in percent of the entry price")
      ->required()
      ->type_name("PERCENT");
  FinishBackendCommand(*app, "outcome", command, Show, invocation);
}

}  // namespace aifx::cli
