// aifx backend signals: the trading signals that training can learn from.
#include <CLI/CLI.hpp>

#include "client/backend/training_data.h"
#include "client/cli/backend/record_filter.h"
#include "client/cli/backend/subcommands.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

nlohmann::json SignalJson(const backend::SignalRecord& signal) {
  nlohmann::json row = RecordJson(signal.prediction);
  PutJson(row, "source", signal.source);
  PutJson(row, "triggeredAt", signal.triggered_at);
  if (signal.duration_minutes.has_value()) row["durationMinutes"] = *signal.duration_minutes;
  if (!signal.technical_data_json.empty()) {
    row["technicalData"] = nlohmann::json::parse(signal.technical_data_json, nullptr, false);
  }
  return row;
}

absl::StatusOr<Shown> Show(const RecordFilter& filter, const BackendCall& call) {
  backend::SignalQuery query{
      .pair = {}, .outcome = {}, .min_confidence = filter.min_confidence, .limit = filter.limit};
  AIFX_ASSIGN_OR_RETURN(query.pair, PairOption(filter.pair));
  AIFX_ASSIGN_OR_RETURN(query.outcome, OutcomeOption(filter.outcome));
  AIFX_ASSIGN_OR_RETURN(query.start, TimeOption("--start", filter.start));
  AIFX_ASSIGN_OR_RETURN(query.end, TimeOption("--end", filter.end));
  AIFX_ASSIGN_OR_RETURN(
      const auto page,
      backend::TrainingDataClient(call.client.channel()).Signals(query, call.context));
  Shown shown{.json = {{"signals", nlohmann::json::array()},
                       {"total", page.total},
                       {"skipped", page.skipped}}};
  std::vector<Table::Column> columns = RecordColumns();
  columns.push_back({"source"});
  columns.push_back({"id"});
  Table table(columns);
  for (const backend::SignalRecord& signal : page.rows) {
    shown.json["signals"].push_back(SignalJson(signal));
    std::vector<Cell> cells = RecordCells(signal.prediction);
    cells.push_back({signal.source});
    cells.push_back({signal.id});
    table.AddRow(std::move(cells));
  }
  shown.text = (table.empty() ? "no signals\n" : table.ToString(call.colour)) +
               CountLine(page.rows.size(), page.total, page.skipped, call.colour);
  return shown;
}

}  // namespace

void AddBackendSignals(CLI::App& group, Invocation& invocation) {
  auto filter = std::make_shared<RecordFilter>();
  CLI::App* app = group.add_subcommand("signals", "List trading signals, newest first");
  AddPairAndLimit(*app, filter.get());
  AddOutcomeAndConfidence(*app, filter.get());
  AddCreationRange(*app, filter.get());
  FinishBackendCommand(*app, "signals", filter, Show, invocation);
}

}  // namespace aifx::cli
