#include "client/backend/training_data.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/backend/record_json.h"
#include "client/backend/values.h"
#include "core/base/status_macros.h"

namespace aifx::backend {
namespace {

using nlohmann::json;

absl::StatusOr<SignalRecord> ParseSignalRow(const json& row, size_t index) {
  AIFX_ASSIGN_OR_RETURN(records::PredictionRecord prediction,
                        PredictionRecordOf(row, index, "signals"));
  ObjectReader reader(row, "signals", index);
  const json& technical_data = reader.OptionalObject("technicalData");
  SignalRecord signal{.id = prediction.backend_prediction_id,
                      .prediction = std::move(prediction),
                      .source = reader.OptionalString("source").value_or(""),
                      .technical_data_json = technical_data.empty() ? "" : technical_data.dump(),
                      .duration_minutes = reader.OptionalInteger("durationMinutes"),
                      .triggered_at = reader.OptionalTimestamp("triggeredAt")};
  AIFX_RETURN_IF_ERROR(reader.status());
  return signal;
}

absl::StatusOr<TradeRecord> ParseTradeRow(const json& row, size_t index) {
  ObjectReader reader(row, "trades", index);
  std::string id = reader.String("id");
  const auto pair = reader.Parsed("pair", market::CurrencyPair::Parse);
  const auto status = reader.Parsed("status", ParseTradeStatus);
  AIFX_RETURN_IF_ERROR(reader.status());
  TradeRecord trade{.id = std::move(id),
                    .pair = *pair,
                    .status = *status,
                    .signal_id = reader.OptionalString("signalId").value_or(""),
                    .side = reader.OptionalParsed("side", records::ParseSignal),
                    .entry_price = reader.OptionalNumber("entryPrice"),
                    .exit_price = reader.OptionalNumber("exitPrice"),
                    .stop_loss = reader.OptionalNumber("stopLoss"),
                    .take_profit = reader.OptionalNumber("takeProfit"),
                    .position_size = reader.OptionalNumber("positionSize"),
                    .pnl_pips = reader.OptionalNumber("actualPnL"),
                    .pnl_percent = reader.OptionalNumber("actualPnLPercent"),
                    .opened_at = reader.OptionalTimestamp("openedAt"),
                    .closed_at = reader.OptionalTimestamp("closedAt")};
  AIFX_RETURN_IF_ERROR(reader.status());
  return trade;
}

// Counts are absent or null where a deployment keeps no such records.
absl::StatusOr<RecordStats> ParseStats(const json& object, const char* name) {
  ObjectReader reader(object, name);
  const RecordStats stats{.count = reader.OptionalInteger("count").value_or(0),
                          .oldest = reader.OptionalTimestamp("oldestRecord"),
                          .latest = reader.OptionalTimestamp("latestRecord")};
  AIFX_RETURN_IF_ERROR(reader.status());
  return stats;
}

void AddRange(const std::optional<absl::Time>& start, const std::optional<absl::Time>& end,
              http::Query& query) {
  if (start.has_value()) query.emplace_back("startDate", FormatTimestamp(*start));
  if (end.has_value()) query.emplace_back("endDate", FormatTimestamp(*end));
}

}  // namespace

absl::string_view TradeStatusName(TradeStatus status) {
  return status == TradeStatus::kOpen ? "open" : "closed";
}

absl::StatusOr<TradeStatus> ParseTradeStatus(absl::string_view name) {
  if (name == "open") return TradeStatus::kOpen;
  if (name == "closed") return TradeStatus::kClosed;
  return absl::InvalidArgumentError(
      absl::StrCat("trade status is '", name, "', it must be open or closed"));
}

absl::StatusOr<Page<SignalRecord>> TrainingDataClient::Signals(
    const SignalQuery& query, const base::CallContext& context) const {
  ListCall call{.route = {"GET", "/training-data/signals", "reading signals"}, .rows = "signals"};
  if (query.pair.has_value()) call.query.emplace_back("pair", query.pair->ToString());
  if (query.outcome.has_value()) {
    call.query.emplace_back("outcome", std::string(records::OutcomeName(*query.outcome)));
  }
  if (query.min_confidence.has_value()) {
    call.query.emplace_back("minConfidence", absl::StrCat(*query.min_confidence));
  }
  AddRange(query.start, query.end, call.query);
  return ReadPage(channel_, call, query.offset, query.limit, ParseSignalRow, context);
}

absl::StatusOr<Page<TradeRecord>> TrainingDataClient::Trades(
    const TradeQuery& query, const base::CallContext& context) const {
  ListCall call{.route = {"GET", "/training-data/trades", "reading trades"}, .rows = "trades"};
  if (query.pair.has_value()) call.query.emplace_back("pair", query.pair->ToString());
  if (query.status.has_value()) {
    call.query.emplace_back("status", std::string(TradeStatusName(*query.status)));
  }
  AddRange(query.start, query.end, call.query);
  return ReadPage(channel_, call, query.offset, query.limit, ParseTradeRow, context);
}

absl::StatusOr<TrainingDataStats> TrainingDataClient::Stats(
    const std::optional<market::CurrencyPair>& pair, const base::CallContext& context) const {
  Call call{.route = {"GET", "/training-data/stats", "counting training data"}};
  if (pair.has_value()) call.query.emplace_back("pair", pair->ToString());
  AIFX_ASSIGN_OR_RETURN(const json data, channel_.Send(call, context));
  ObjectReader reader(data, "data");
  TrainingDataStats stats;
  AIFX_ASSIGN_OR_RETURN(stats.market_data,
                        ParseStats(reader.OptionalObject("marketData"), "marketData"));
  AIFX_ASSIGN_OR_RETURN(stats.signals, ParseStats(reader.OptionalObject("signals"), "signals"));
  AIFX_ASSIGN_OR_RETURN(stats.trades, ParseStats(reader.OptionalObject("trades"), "trades"));
  AIFX_RETURN_IF_ERROR(reader.status());
  return stats;
}

}  // namespace aifx::backend
