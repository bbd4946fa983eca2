// aifx backend trades: the trades that were opened on the platform.
#include <CLI/CLI.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/backend/training_data.h"
#include "client/cli/backend/record_filter.h"
#include "client/cli/backend/subcommands.h"
#include "client/cli/words.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

using backend::TradeRecord;

std::string SideOf(const TradeRecord& trade) {
  return trade.side.has_value() ? std::string(records::SignalName(*trade.side)) : "";
}

nlohmann::json TradeJson(const TradeRecord& trade) {
  nlohmann::json row = {{"id", trade.id},
                        {"pair", trade.pair.ToString()},
                        {"status", std::string(backend::TradeStatusName(trade.status))}};
  PutJson(row, "side", SideOf(trade));
  PutJson(row, "signalId", trade.signal_id);
  PutJson(row, "entryPrice", trade.entry_price);
  PutJson(row, "exitPrice", trade.exit_price);
  PutJson(row, "stopLoss", trade.stop_loss);
  PutJson(row, "takeProfit", trade.take_profit);
  PutJson(row, "positionSize", trade.position_size);
  PutJson(row, "actualPnL", trade.pnl_pips);
  PutJson(row, "actualPnLPercent", trade.pnl_percent);
  PutJson(row, "openedAt", trade.opened_at);
  PutJson(row, "closedAt", trade.closed_at);
  return row;
}

std::vector<Cell> TradeCells(const TradeRecord& trade) {
  const std::string pair = trade.pair.ToString();
  const auto price = [&](const std::optional<double>& value) {
    return value.has_value() ? PriceWord(*value, pair) : "";
  };
  const auto time = [](const std::optional<absl::Time>& value) {
    return value.has_value() ? TimeWord(*value) : "";
  };
  const double pnl = trade.pnl_pips.value_or(0);
  return {{time(trade.opened_at)},
          {time(trade.closed_at)},
          {pair},
          {absl::AsciiStrToUpper(SideOf(trade))},
          {std::string(backend::TradeStatusName(trade.status))},
          {trade.position_size.has_value() ? absl::StrFormat("%.2f", *trade.position_size) : ""},
          {price(trade.entry_price)},
          {price(trade.exit_price)},
          {trade.pnl_pips.has_value() ? PipsWord(pnl) : "",
           pnl > 0 ? Tone::kGood : (pnl < 0 ? Tone::kBad : Tone::kPlain)}};
}

absl::StatusOr<Shown> Show(const RecordFilter& filter, const BackendCall& call) {
  backend::TradeQuery query{.pair = {}, .status = {}, .limit = filter.limit};
  AIFX_ASSIGN_OR_RETURN(query.pair, PairOption(filter.pair));
  if (!filter.status.empty()) {
    AIFX_ASSIGN_OR_RETURN(query.status, backend::ParseTradeStatus(filter.status));
  }
  AIFX_ASSIGN_OR_RETURN(query.start, TimeOption("--start", filter.start));
  AIFX_ASSIGN_OR_RETURN(query.end, TimeOption("--end", filter.end));
  AIFX_ASSIGN_OR_RETURN(
      const auto page,
      backend::TrainingDataClient(call.client.channel()).Trades(query, call.context));
  Shown shown{.json = {{"trades", nlohmann::json::array()},
                       {"total", page.total},
                       {"skipped", page.skipped}}};
  Table table({{"opened"},
               {"closed"},
               {"pair"},
               {"side"},
               {"status"},
               {"size", true},
               {"entry", true},
               {"exit", true},
               {"profit", true}});
  for (const TradeRecord& trade : page.rows) {
    shown.json["trades"].push_back(TradeJson(trade));
    table.AddRow(TradeCells(trade));
  }
  shown.text = (table.empty() ? "no trades\n" : table.ToString(call.colour)) +
               CountLine(page.rows.size(), page.total, page.skipped, call.colour);
  return shown;
}

}  // namespace

void AddBackendTrades(CLI::App& group, Invocation& invocation) {
  auto filter = std::make_shared<RecordFilter>();
  CLI::App* app = group.add_subcommand("trades", "List trades, newest first");
  AddPairAndLimit(*app, filter.get());
  app->add_option("--status", filter->status, "open or closed")->type_name("WORD");
  AddCreationRange(*app, filter.get());
  FinishBackendCommand(*app, "trades", filter, Show, invocation);
}

}  // namespace aifx::cli
