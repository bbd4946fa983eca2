// aifx backend candles: the newest candles of a series, or those of a time range.
#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/backend/values.h"
#include "client/cli/backend/backend_command.h"
#include "client/cli/backend/subcommands.h"
#include "client/cli/table.h"
#include "client/cli/words.h"
#include "core/base/status_macros.h"
#include "core/market/timeframe.h"

namespace aifx::cli {
namespace {

struct CandlesCommand : BackendCommand {
  std::string pair;
  std::string timeframe = "1h";
  size_t count = 24;
  std::string start, end;
};

absl::StatusOr<std::vector<market::Candle>> Read(const CandlesCommand& command,
                                                 const market::CurrencyPair& pair,
                                                 const BackendCall& call) {
  AIFX_ASSIGN_OR_RETURN(const market::Timeframe timeframe,
                        market::ParseTimeframe(command.timeframe));
  AIFX_ASSIGN_OR_RETURN(const auto start, TimeOption("--start", command.start));
  AIFX_ASSIGN_OR_RETURN(const auto end, TimeOption("--end", command.end));
  if (!start.has_value()) {
    return call.client.Newest(pair, timeframe, command.count, end.value_or(call.now), call.context);
  }
  return call.client.Range(pair, timeframe, *start, end.value_or(call.now), call.context);
}

nlohmann::json CandleJson(const market::Candle& candle) {
  nlohmann::json row = {{"timestamp", backend::FormatTimestamp(candle.open_time)},
                        {"open", candle.open},
                        {"high", candle.high},
                        {"low", candle.low},
                        {"close", candle.close}};
  PutJson(row, "volume", candle.volume);
  PutJson(row, "spreadPips", candle.spread_pips);
  return row;
}

absl::StatusOr<Shown> Show(const CandlesCommand& command, const BackendCall& call) {
  AIFX_ASSIGN_OR_RETURN(const market::CurrencyPair pair, market::CurrencyPair::Parse(command.pair));
  AIFX_ASSIGN_OR_RETURN(const auto candles, Read(command, pair, call));
  Shown shown{.json = {{"pair", pair.ToString()},
                       {"timeframe", command.timeframe},
                       {"marketData", nlohmann::json::array()}}};
  Table table({{"open time"},
               {"open", true},
               {"high", true},
               {"low", true},
               {"close", true},
               {"volume", true},
               {"spread", true}});
  const auto price = [&](double value) { return PriceWord(value, pair.ToString()); };
  for (const market::Candle& candle : candles) {
    shown.json["marketData"].push_back(CandleJson(candle));
    table.AddRow(
        {{TimeWord(candle.open_time)},
         {price(candle.open)},
         {price(candle.high)},
         {price(candle.low)},
         {price(candle.close), candle.close >= candle.open ? Tone::kGood : Tone::kBad},
         {candle.volume.has_value() ? absl::StrFormat("%.0f", *candle.volume) : ""},
         {candle.spread_pips.has_value() ? absl::StrFormat("%.1f", *candle.spread_pips) : ""}});
  }
  shown.text = table.empty()
                   ? absl::StrCat("no candles of ", pair.ToString(), " ", command.timeframe, "\n")
                   : table.ToString(call.colour);
  return shown;
}

}  // namespace

void AddBackendCandles(CLI::App& group, Invocation& invocation) {
  auto command = std::make_shared<CandlesCommand>();
  CLI::App* app = group.add_subcommand("candles", "Show the newest candles, or a range of them");
  app->add_option("--pair", command->pair, "Such as EUR/USD")->required()->type_name("PAIR");
  app->add_option("--timeframe", command->timeframe, "1min 5min 15min 30min 1h 4h 1d 1w 1M")
      ->type_name("NAME")
      ->capture_default_str();
  CLI::Option* count = app->add_option("--count", command->count, "So many, the newest")
                           ->check(CLI::Range(1, 1000000))
                           ->capture_default_str();
  app->add_option("--start", command->start, "First open time, instead of --count")
      ->type_name("TIME")
      ->excludes(count);
  app->add_option("--end", command->end, "Candles before then; default: now")->type_name("TIME");
  FinishBackendCommand(*app, "candles", command, Show, invocation);
}

}  // namespace aifx::cli
