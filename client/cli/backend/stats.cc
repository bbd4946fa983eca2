// aifx backend stats: how much training data the backend has.
#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "client/backend/training_data.h"
#include "client/cli/backend/backend_command.h"
#include "client/cli/backend/subcommands.h"
#include "client/cli/table.h"
#include "client/cli/words.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

struct StatsCommand : BackendCommand {
  std::string pair;
};

nlohmann::json StatsJson(const backend::RecordStats& stats) {
  nlohmann::json object = {{"count", stats.count}};
  PutJson(object, "oldestRecord", stats.oldest);
  PutJson(object, "latestRecord", stats.latest);
  return object;
}

absl::StatusOr<Shown> Show(const StatsCommand& command, const BackendCall& call) {
  AIFX_ASSIGN_OR_RETURN(const auto pair, PairOption(command.pair));
  AIFX_ASSIGN_OR_RETURN(
      const backend::TrainingDataStats stats,
      backend::TrainingDataClient(call.client.channel()).Stats(pair, call.context));
  Shown shown{.json = {{"marketData", StatsJson(stats.market_data)},
                       {"signals", StatsJson(stats.signals)},
                       {"trades", StatsJson(stats.trades)}}};
  Table table({{"records"}, {"count", true}, {"oldest"}, {"latest"}});
  const auto add = [&](const char* name, const backend::RecordStats& part) {
    table.AddRow({{name},
                  {absl::StrCat(part.count)},
                  {part.oldest.has_value() ? TimeWord(*part.oldest) : ""},
                  {part.latest.has_value() ? TimeWord(*part.latest) : ""}});
  };
  add("candles", stats.market_data);
  add("signals", stats.signals);
  add("trades", stats.trades);
  shown.text = table.ToString(call.colour);
  return shown;
}

}  // namespace

void AddBackendStats(CLI::App& group, Invocation& invocation) {
  auto command = std::make_shared<StatsCommand>();
  CLI::App* app = group.add_subcommand("stats", "Count candles, signals and trades");
  app->add_option("--pair", command->pair, "Only this pair")->type_name("PAIR");
  FinishBackendCommand(*app, "stats", command, Show, invocation);
}

}  // namespace aifx::cli
