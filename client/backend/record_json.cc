#include "client/backend/record_json.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/backend/decimal.h"
#include "client/backend/values.h"
#include "core/base/status_macros.h"

namespace aifx::backend {
namespace {

using nlohmann::json;

constexpr int kPriceDecimals = 5;
constexpr int kOtherDecimals = 2;
constexpr double kLeastConfidence = 0.01;
constexpr char kRequestIdKey[] = "client_request_id";

void Put(json& body, const char* key, const std::optional<double>& value, int decimals) {
  if (value.has_value()) body[key] = RoundDecimal(*value, decimals);
}

std::string StringAt(const json& object, const char* key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// "pending" stands for no outcome yet.
std::optional<records::Outcome> ReadOutcome(ObjectReader& reader, const json& row) {
  const char* key = reader.Has("actualOutcome") ? "actualOutcome" : "outcome";
  if (StringAt(row, key) == "pending") return std::nullopt;
  return reader.OptionalParsed(key, records::ParseOutcome);
}

}  // namespace

absl::StatusOr<json> SubmissionJson(const records::Submission& submission) {
  json body = {{"pair", submission.pair.ToString()},
               {"timeframe", std::string(market::TimeframeName(submission.timeframe))},
               {"signal", std::string(records::SignalName(submission.signal))},
               {"confidence",
                std::max(kLeastConfidence, RoundDecimal(submission.confidence, kOtherDecimals))},
               {"entryPrice", RoundDecimal(submission.entry_price, kPriceDecimals)},
               {"factors",
                {{"technical", submission.factors.technical},
                 {"sentiment", submission.factors.sentiment},
                 {"pattern", submission.factors.pattern},
                 {kRequestIdKey, submission.request_id}}}};
  Put(body, "stopLoss", submission.stop_loss, kPriceDecimals);
  Put(body, "takeProfit", submission.take_profit, kPriceDecimals);
  Put(body, "riskRewardRatio", submission.risk_reward_ratio, kOtherDecimals);
  Put(body, "positionSize", submission.position_size, kOtherDecimals);
  if (submission.signal_strength.has_value()) {
    body["signalStrength"] = std::string(records::SignalStrengthName(*submission.signal_strength));
  }
  if (submission.market_condition.has_value()) {
    body["marketCondition"] =
        std::string(records::MarketConditionName(*submission.market_condition));
  }
  if (!submission.technical_data_json.empty()) {
    json data = json::parse(submission.technical_data_json, nullptr, /*allow_exceptions=*/false);
    if (!data.is_object()) {
      return absl::InvalidArgumentError("technical_data_json is not a JSON object");
    }
    body["technicalData"] = std::move(data);
  }
  if (!submission.model_version_id.empty()) body["modelVersionId"] = submission.model_version_id;
  return body;
}

std::string ClientRequestIdOf(const json& row) {
  if (!row.is_object()) return "";
  const auto factors = row.find("factors");
  return factors != row.end() ? StringAt(*factors, kRequestIdKey) : "";
}

std::string RowIdOf(const json& row) {
  const std::string id = StringAt(row, "id");
  return id.empty() ? StringAt(row, "predictionId") : id;
}

absl::StatusOr<records::PredictionRecord> PredictionRecordOf(const json& row, size_t index,
                                                             absl::string_view list) {
  ObjectReader reader(row, list, index);
  const std::string id = reader.String(reader.Has("predictionId") ? "predictionId" : "id");
  const auto pair = reader.Parsed("pair", market::CurrencyPair::Parse);
  const auto timeframe = reader.Parsed("timeframe", market::ParseTimeframe);
  const auto signal = reader.Parsed("signal", records::ParseSignal);
  AIFX_RETURN_IF_ERROR(reader.status());
  // Other clients may have stored factors of their own making: what is absent keeps its neutral
  // default.
  ObjectReader stored(reader.OptionalObject("factors"), "factors");
  records::Factors factors;
  factors.technical = stored.OptionalNumber("technical").value_or(factors.technical);
  factors.sentiment = stored.OptionalNumber("sentiment").value_or(factors.sentiment);
  factors.pattern = stored.OptionalNumber("pattern").value_or(factors.pattern);
  records::PredictionRecord record{
      .backend_prediction_id = id,
      .request_id = ClientRequestIdOf(row),
      .pair = *pair,
      .timeframe = *timeframe,
      .signal = *signal,
      .confidence = reader.Number("confidence"),
      .factors = factors,
      .entry_price = reader.Number("entryPrice"),
      .stop_loss = reader.OptionalNumber("stopLoss"),
      .take_profit = reader.OptionalNumber("takeProfit"),
      .risk_reward_ratio = reader.OptionalNumber("riskRewardRatio"),
      .position_size = reader.OptionalNumber("positionSize"),
      .signal_strength = reader.OptionalParsed("signalStrength", records::ParseSignalStrength),
      .market_condition = reader.OptionalParsed("marketCondition", records::ParseMarketCondition),
      .status = reader.OptionalParsed("status", records::ParsePredictionStatus)
                    .value_or(records::PredictionStatus::kActive),
      .outcome = ReadOutcome(reader, row),
      .pnl_pips = reader.OptionalNumber("actualPnL"),
      .pnl_percent = reader.OptionalNumber("actualPnLPercent"),
      .model_version_id = reader.OptionalString("modelVersionId").value_or(""),
      .created_at = reader.Timestamp("createdAt")};
  AIFX_RETURN_IF_ERROR(reader.status());
  AIFX_RETURN_IF_ERROR(stored.status());
  return record;
}

}  // namespace aifx::backend
