// aifx backend accuracy: how often predictions were right, as the backend counts.
#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/backend/backend_command.h"
#include "client/cli/backend/subcommands.h"
#include "client/cli/table.h"
#include "client/cli/words.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

struct AccuracyCommand : BackendCommand {
  std::string pair, model_version_id, start, end;
  std::optional<double> min_confidence;
};

nlohmann::json AccuracyJson(const records::Accuracy& accuracy) {
  nlohmann::json object = {
      {"overall",
       {{"totalPredictions", accuracy.total_predictions},
        {"winRate", accuracy.win_rate_percent},
        {"averagePnL", accuracy.average_pnl},
        {"totalPnL", accuracy.total_pnl}}},
      {"outcomeDistribution",
       {{"wins", accuracy.wins}, {"losses", accuracy.losses}, {"breakeven", accuracy.breakeven}}},
      {"accuracyByConfidence", nlohmann::json::array()},
      {"performance", {{"totalTrades", accuracy.total_trades}}}};
  for (const records::ConfidenceBand& band : accuracy.by_confidence) {
    object["accuracyByConfidence"].push_back({{"confidenceRange", band.range},
                                              {"totalPredictions", band.total_predictions},
                                              {"accuracy", band.accuracy_percent}});
  }
  return object;
}

std::string AccuracyText(const records::Accuracy& accuracy, bool colour) {
  if (accuracy.total_predictions == 0) return "no prediction has an outcome yet\n";
  std::string text = absl::StrCat(
      Paint(absl::StrFormat("%.1f %% right", accuracy.win_rate_percent), Tone::kStrong, colour),
      " of ", accuracy.total_predictions, " predictions\n");
  text += FactLine("outcomes",
                   absl::StrCat(accuracy.wins, " wins, ", accuracy.losses, " losses, ",
                                accuracy.breakeven, " break even"),
                   colour);
  text += FactLine(
      "profit",
      absl::StrCat(PipsWord(accuracy.total_pnl), ", on average ", PipsWord(accuracy.average_pnl)),
      colour);
  Table bands({{"  confidence"}, {"predictions", true}, {"right", true}});
  for (const records::ConfidenceBand& band : accuracy.by_confidence) {
    bands.AddRow({{absl::StrCat("  ", band.range)},
                  {absl::StrCat(band.total_predictions)},
                  {absl::StrFormat("%.1f %%", band.accuracy_percent)}});
  }
  if (!bands.empty()) absl::StrAppend(&text, "\n", bands.ToString(colour));
  return text;
}

absl::StatusOr<Shown> Show(const AccuracyCommand& command, const BackendCall& call) {
  records::AccuracyQuery query{.model_version_id = command.model_version_id,
                               .pair = {},
                               .start = {},
                               .end = {},
                               .min_confidence = command.min_confidence};
  AIFX_ASSIGN_OR_RETURN(query.pair, PairOption(command.pair));
  AIFX_ASSIGN_OR_RETURN(query.start, TimeOption("--start", command.start));
  AIFX_ASSIGN_OR_RETURN(query.end, TimeOption("--end", command.end));
  AIFX_ASSIGN_OR_RETURN(const records::Accuracy accuracy,
                        call.client.GetAccuracy(query, call.context));
  return Shown{.json = AccuracyJson(accuracy), .text = AccuracyText(accuracy, call.colour)};
}

}  // namespace

void AddBackendAccuracy(CLI::App& group, Invocation& invocation) {
  auto command = std::make_shared<AccuracyCommand>();
  CLI::App* app = group.add_subcommand("accuracy", "Show how often predictions were right");
  app->add_option("--pair", command->pair, "Only this pair")->type_name("PAIR");
  app->add_option("--model-version-id", command->model_version_id, "Only this model version")
      ->type_name("UUID");
  app->add_option("--start", command->start, "Only predictions made from then on")
      ->type_name("TIME");
  app->add_option("--end", command->end, "Only predictions made up to then")->type_name("TIME");
  app->add_option("--min-confidence", command->min_confidence, "Only predictions at least as sure")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("0..1");
  FinishBackendCommand(*app, "accuracy", command, Show, invocation);
}

}  // namespace aifx::cli
