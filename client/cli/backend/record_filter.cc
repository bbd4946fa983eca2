#include "client/cli/backend/record_filter.h"

#include <CLI/CLI.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/backend/values.h"
#include "client/cli/words.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

using records::Outcome;

std::string NameOf(const std::optional<Outcome>& outcome) {
  return outcome.has_value() ? std::string(records::OutcomeName(*outcome)) : "pending";
}

Tone OutcomeTone(const std::optional<Outcome>& outcome) {
  if (outcome == Outcome::kWin) return Tone::kGood;
  return outcome == Outcome::kLoss ? Tone::kBad : Tone::kPlain;
}

}  // namespace

void AddPairAndLimit(CLI::App& app, RecordFilter* filter) {
  app.add_option("--pair", filter->pair, "Only this pair")->type_name("PAIR");
  app.add_option("--limit", filter->limit, "At most so many, the newest")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
}

void AddOutcomeAndConfidence(CLI::App& app, RecordFilter* filter) {
  app.add_option("--outcome", filter->outcome, "win, loss or breakeven")->type_name("WORD");
  app.add_option("--min-confidence", filter->min_confidence, "Only those at least as sure")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("0..1");
}

void AddCreationRange(CLI::App& app, RecordFilter* filter) {
  app.add_option("--start", filter->start, "Only those from then on")->type_name("TIME");
  app.add_option("--end", filter->end, "Only those up to then")->type_name("TIME");
}

absl::StatusOr<std::optional<Outcome>> OutcomeOption(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const absl::StatusOr<Outcome> outcome = records::ParseOutcome(absl::AsciiStrToLower(text));
  if (outcome.ok()) return *outcome;
  return absl::InvalidArgumentError(absl::StrCat("--outcome: ", outcome.status().message()));
}

std::vector<Table::Column> RecordColumns() {
  return {{"recorded"},         {"pair"},        {"frame"},   {"signal"},
          {"confidence", true}, {"entry", true}, {"outcome"}, {"profit", true}};
}

std::vector<Cell> RecordCells(const records::PredictionRecord& record) {
  const std::string pair = record.pair.ToString();
  return {{TimeWord(record.created_at)},
          {pair},
          {std::string(market::TimeframeName(record.timeframe))},
          {absl::AsciiStrToUpper(records::SignalName(record.signal))},
          {absl::StrFormat("%.2f", record.confidence)},
          {PriceWord(record.entry_price, pair)},
          {NameOf(record.outcome), OutcomeTone(record.outcome)},
          {record.pnl_pips.has_value() ? PipsWord(*record.pnl_pips) : ""}};
}

nlohmann::json RecordJson(const records::PredictionRecord& record) {
  nlohmann::json row = {{"id", record.backend_prediction_id},
                        {"pair", record.pair.ToString()},
                        {"timeframe", std::string(market::TimeframeName(record.timeframe))},
                        {"signal", std::string(records::SignalName(record.signal))},
                        {"confidence", record.confidence},
                        {"factors",
                         {{"technical", record.factors.technical},
                          {"sentiment", record.factors.sentiment},
                          {"pattern", record.factors.pattern}}},
                        {"entryPrice", record.entry_price},
                        {"status", std::string(records::PredictionStatusName(record.status))},
                        {"actualOutcome", NameOf(record.outcome)},
                        {"createdAt", backend::FormatTimestamp(record.created_at)}};
  PutJson(row, "requestId", record.request_id);
  PutJson(row, "stopLoss", record.stop_loss);
  PutJson(row, "takeProfit", record.take_profit);
  PutJson(row, "riskRewardRatio", record.risk_reward_ratio);
  PutJson(row, "positionSize", record.position_size);
  PutJson(row, "actualPnL", record.pnl_pips);
  PutJson(row, "actualPnLPercent", record.pnl_percent);
  PutJson(row, "modelVersionId", record.model_version_id);
  if (record.signal_strength.has_value()) {
    row["signalStrength"] = std::string(records::SignalStrengthName(*record.signal_strength));
  }
  if (record.market_condition.has_value()) {
    row["marketCondition"] = std::string(records::MarketConditionName(*record.market_condition));
  }
  return row;
}

}  // namespace aifx::cli
