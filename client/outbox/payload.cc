#include "client/outbox/payload.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"

namespace aifx::outbox {
namespace {

using nlohmann::json;

std::string Dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

template <typename T>
void Put(json& object, const char* key, const std::optional<T>& value) {
  if (value.has_value()) object[key] = *value;
}

template <typename T>
std::optional<T> Optional(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return std::nullopt;
  return found->template get<T>();
}

template <typename T>
T Parsed(const json& object, const char* key, absl::StatusOr<T> (*parse)(absl::string_view)) {
  absl::StatusOr<T> value = parse(object.at(key).get_ref<const std::string&>());
  if (!value.ok()) throw std::runtime_error(std::string(value.status().message()));
  return *std::move(value);
}

// Runs `read` on the parsed text; what nlohmann throws ends here.
template <typename T, typename Read>
absl::StatusOr<T> ParseWith(absl::string_view text, const Read& read) {
  try {
    return read(json::parse(text));
  } catch (const std::exception& error) {
    return absl::DataLossError(
        absl::StrCat("a payload of the outbox is not what was written: ", error.what()));
  }
}

records::Submission SubmissionFrom(const json& object, const std::string& request_id) {
  const json& factors = object.at("factors");
  records::Submission submission{
      .request_id = request_id,
      .pair = Parsed(object, "pair", market::CurrencyPair::Parse),
      .timeframe = Parsed(object, "timeframe", market::ParseTimeframe),
      .signal = Parsed(object, "signal", records::ParseSignal),
      .confidence = object.at("confidence"),
      .factors = {factors.at("technical"), factors.at("sentiment"), factors.at("pattern")},
      .entry_price = object.at("entry_price"),
      .stop_loss = Optional<double>(object, "stop_loss"),
      .take_profit = Optional<double>(object, "take_profit"),
      .risk_reward_ratio = Optional<double>(object, "risk_reward_ratio"),
      .position_size = Optional<double>(object, "position_size"),
      .model_version_id = object.at("model_version_id")};
  if (object.contains("signal_strength")) {
    submission.signal_strength = Parsed(object, "signal_strength", records::ParseSignalStrength);
  }
  if (object.contains("market_condition")) {
    submission.market_condition = Parsed(object, "market_condition", records::ParseMarketCondition);
  }
  if (object.contains("technical_data")) {
    submission.technical_data_json = Dump(object.at("technical_data"));
  }
  return submission;
}

absl::Status CheckFinite(const char* field, double value) {
  if (std::isfinite(value)) return absl::OkStatus();
  return base::InvalidArgument({{field, absl::StrCat(field, " ", value, " is not finite")}});
}

}  // namespace

absl::StatusOr<std::string> PayloadOf(const records::Submission& submission) {
  json object = {{"pair", submission.pair.ToString()},
                 {"timeframe", std::string(market::TimeframeName(submission.timeframe))},
                 {"signal", std::string(records::SignalName(submission.signal))},
                 {"confidence", submission.confidence},
                 {"factors",
                  {{"technical", submission.factors.technical},
                   {"sentiment", submission.factors.sentiment},
                   {"pattern", submission.factors.pattern}}},
                 {"entry_price", submission.entry_price},
                 {"model_version_id", submission.model_version_id}};
  Put(object, "stop_loss", submission.stop_loss);
  Put(object, "take_profit", submission.take_profit);
  Put(object, "risk_reward_ratio", submission.risk_reward_ratio);
  Put(object, "position_size", submission.position_size);
  if (submission.signal_strength.has_value()) {
    object["signal_strength"] =
        std::string(records::SignalStrengthName(*submission.signal_strength));
  }
  if (submission.market_condition.has_value()) {
    object["market_condition"] =
        std::string(records::MarketConditionName(*submission.market_condition));
  }
  if (!submission.technical_data_json.empty()) {
    json data = json::parse(submission.technical_data_json, nullptr, /*allow_exceptions=*/false);
    if (!data.is_object()) {
      return base::InvalidArgument({{"technical_data", "technical_data is not a JSON object"}});
    }
    object["technical_data"] = std::move(data);
  }
  return Dump(object);
}

absl::StatusOr<std::string> PayloadOf(const records::OutcomeUpdate& update) {
  AIFX_RETURN_IF_ERROR(CheckFinite("pnl_pips", update.pnl_pips));
  AIFX_RETURN_IF_ERROR(CheckFinite("pnl_percent", update.pnl_percent));
  return Dump({{"outcome", std::string(records::OutcomeName(update.outcome))},
               {"pnl_pips", update.pnl_pips},
               {"pnl_percent", update.pnl_percent}});
}

absl::StatusOr<records::Submission> ParseSubmission(absl::string_view payload,
                                                    const std::string& request_id) {
  return ParseWith<records::Submission>(
      payload, [&](const json& object) { return SubmissionFrom(object, request_id); });
}

absl::StatusOr<records::OutcomeUpdate> ParseOutcomeUpdate(absl::string_view payload,
                                                          const std::string& prediction_id) {
  return ParseWith<records::OutcomeUpdate>(payload, [&](const json& object) {
    return records::OutcomeUpdate{.prediction_id = prediction_id,
                                  .outcome = Parsed(object, "outcome", records::ParseOutcome),
                                  .pnl_pips = object.at("pnl_pips"),
                                  .pnl_percent = object.at("pnl_percent")};
  });
}

std::string OutcomeReceiptText(const records::OutcomeReceipt& receipt) {
  json object = {{"backend_prediction_id", receipt.backend_prediction_id},
                 {"outcome", std::string(records::OutcomeName(receipt.outcome))}};
  Put(object, "pnl_pips", receipt.pnl_pips);
  Put(object, "pnl_percent", receipt.pnl_percent);
  Put(object, "duration_minutes", receipt.duration_minutes);
  return Dump(object);
}

absl::StatusOr<records::OutcomeReceipt> ParseOutcomeReceipt(absl::string_view text) {
  return ParseWith<records::OutcomeReceipt>(text, [](const json& object) {
    return records::OutcomeReceipt{
        .backend_prediction_id = object.at("backend_prediction_id"),
        .outcome = Parsed(object, "outcome", records::ParseOutcome),
        .pnl_pips = Optional<double>(object, "pnl_pips"),
        .pnl_percent = Optional<double>(object, "pnl_percent"),
        .duration_minutes = Optional<int64_t>(object, "duration_minutes")};
  });
}

}  // namespace aifx::outbox
