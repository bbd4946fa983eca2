#include <bit>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/status_macros.h"
#include "core/journal/entry.h"
#include "core/model/strict_json.h"

namespace aifx::journal {
namespace {

using model::StrictObject;
using nlohmann::json;

std::string TimeText(absl::Time time) {
  return absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone());
}

template <typename T>
json Optional(const std::optional<T>& value) {
  return value.has_value() ? json(*value) : json();
}

json CandlesToJson(absl::Span<const market::Candle> candles) {
  json rows = json::array();
  for (const market::Candle& c : candles) {
    rows.push_back({absl::ToUnixNanos(c.open_time), c.open, c.high, c.low, c.close,
                    Optional(c.volume), Optional(c.spread_pips)});
  }
  return rows;
}

// Eight hexadecimal digits of IEEE 754 binary32 a value: exact, and half as long as decimals.
std::string FloatsToHex(absl::Span<const float> values) {
  std::string text;
  text.reserve(values.size() * 8);
  for (const float value : values) {
    absl::StrAppend(&text, absl::Hex(std::bit_cast<uint32_t>(value), absl::kZeroPad8));
  }
  return text;
}

absl::StatusOr<std::vector<float>> FloatsFromHex(absl::string_view text, absl::string_view key) {
  std::vector<float> values;
  values.reserve(text.size() / 8);
  for (size_t at = 0; at < text.size(); at += 8) {
    uint32_t bits = 0;
    const absl::string_view digits = text.substr(at, 8);
    if (digits.size() != 8 || !absl::SimpleHexAtoi(digits, &bits)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the entry's key \"", key, "\" is not eight hexadecimal digits a value at ", at));
    }
    values.push_back(std::bit_cast<float>(bits));
  }
  return values;
}

absl::Status NotCandles(absl::string_view key) {
  return absl::InvalidArgumentError(absl::StrCat(
      "the entry's key \"", key,
      "\" is not a list of [open nanoseconds, open, high, low, close, volume, spread_pips]"));
}

absl::StatusOr<std::vector<market::Candle>> CandlesFromJson(const json& rows,
                                                            absl::string_view key) {
  std::vector<market::Candle> candles;
  candles.reserve(rows.size());
  for (const json& row : rows) {
    if (!row.is_array() || row.size() != 7 || !row[0].is_number_integer()) return NotCandles(key);
    for (size_t i = 1; i < 7; ++i) {
      if (!row[i].is_number() && !(i >= 5 && row[i].is_null())) return NotCandles(key);
    }
    market::Candle candle;
    candle.open_time = absl::FromUnixNanos(row[0].get<int64_t>());
    candle.open = row[1].get<double>();
    candle.high = row[2].get<double>();
    candle.low = row[3].get<double>();
    candle.close = row[4].get<double>();
    if (!row[5].is_null()) candle.volume = row[5].get<double>();
    if (!row[6].is_null()) candle.spread_pips = row[6].get<double>();
    candles.push_back(candle);
  }
  return candles;
}

json DecisionToJson(const RecordedDecision& decision) {
  return {{"signal", decision.signal},
          {"hold_reason", decision.hold_reason},
          {"probabilities", decision.probabilities},
          {"confidence", decision.confidence},
          {"entry_price", decision.entry_price},
          {"stop_loss", Optional(decision.stop_loss)},
          {"take_profit", Optional(decision.take_profit)},
          {"risk_reward_ratio", Optional(decision.risk_reward_ratio)},
          {"position_size", Optional(decision.position_size)}};
}

std::optional<double> OptionalNumber(StrictObject& object, const char* key) {
  const json& value = object.Any(key);
  if (value.is_null()) return std::nullopt;
  if (!value.is_number()) {
    object.Fail(absl::InvalidArgumentError(
        absl::StrCat("the entry's key \"", key, "\" is neither a number nor null")));
    return std::nullopt;
  }
  return value.get<double>();
}

absl::StatusOr<RecordedDecision> DecisionFromJson(const json& value) {
  StrictObject object(value, "the entry's decision");
  RecordedDecision decision;
  decision.signal = object.String("signal");
  decision.hold_reason = object.String("hold_reason");
  decision.probabilities = object.Numbers("probabilities");
  decision.confidence = object.Number("confidence");
  decision.entry_price = object.Number("entry_price");
  decision.stop_loss = OptionalNumber(object, "stop_loss");
  decision.take_profit = OptionalNumber(object, "take_profit");
  decision.risk_reward_ratio = OptionalNumber(object, "risk_reward_ratio");
  decision.position_size = OptionalNumber(object, "position_size");
  AIFX_RETURN_IF_ERROR(object.Finish());
  return decision;
}

absl::StatusOr<pipeline::DecisionPolicy> PolicyFromJson(const json& value) {
  StrictObject object(value, "the entry's policy");
  pipeline::DecisionPolicy policy;
  const std::string stale = object.String("stale_candles");
  policy.stale_policy =
      stale == "warn" ? pipeline::StalePolicy::kWarn : pipeline::StalePolicy::kHold;
  policy.stale_after_bars = static_cast<int>(object.Int("stale_after_bars"));
  policy.model_expires_after = absl::Nanoseconds(object.Int("model_expires_after_ns"));
  AIFX_RETURN_IF_ERROR(object.Finish());
  if (stale != "warn" && stale != "hold") {
    return absl::InvalidArgumentError(
        absl::StrCat("the entry's stale_candles \"", stale, "\" is neither hold nor warn"));
  }
  return policy;
}

absl::Status ContextFromJson(const json& series, std::vector<features::OwnedContextSeries>& all) {
  for (const json& one : series) {
    StrictObject object(one, "the entry's context");
    const std::string name = object.String("pair");
    const json& rows = object.Array("candles");
    AIFX_RETURN_IF_ERROR(object.Finish());
    AIFX_ASSIGN_OR_RETURN(market::CurrencyPair pair, market::CurrencyPair::Parse(name));
    AIFX_ASSIGN_OR_RETURN(std::vector<market::Candle> candles,
                          CandlesFromJson(rows, "context.candles"));
    all.push_back({std::move(pair), std::move(candles)});
  }
  return absl::OkStatus();
}

absl::Status RiskFromJson(const json& value, decision::RiskOptions& risk) {
  StrictObject object(value, "the entry's risk");
  risk.min_reward_ratio = object.Number("min_reward_ratio");
  risk.risk_percent = object.Number("risk_percent");
  return object.Finish();
}

}  // namespace

std::string EntryToJson(const JournalEntry& entry) {
  json context = json::array();
  for (const features::OwnedContextSeries& series : entry.context) {
    context.push_back(
        {{"pair", series.pair.ToString()}, {"candles", CandlesToJson(series.candles)}});
  }
  const pipeline::DecisionPolicy& policy = entry.policy;
  return model::DumpJson(
      {{"id", entry.id},
       {"recorded_at", TimeText(entry.recorded_at)},
       {"pair", entry.pair.ToString()},
       {"timeframe", market::TimeframeName(entry.timeframe)},
       {"model", entry.model},
       {"version", entry.version},
       {"kernel", entry.kernel},
       {"feature_set", entry.feature_set},
       {"feature_set_hash", entry.feature_set_hash},
       {"submitted", entry.submitted},
       {"now", TimeText(entry.now)},
       {"risk",
        {{"min_reward_ratio", entry.risk.min_reward_ratio},
         {"risk_percent", entry.risk.risk_percent}}},
       {"policy",
        {{"stale_candles", policy.stale_policy == pipeline::StalePolicy::kWarn ? "warn" : "hold"},
         {"stale_after_bars", policy.stale_after_bars},
         {"model_expires_after_ns", absl::ToInt64Nanoseconds(policy.model_expires_after)}}},
       {"candles", CandlesToJson(entry.candles)},
       {"context", std::move(context)},
       {"window", FloatsToHex(entry.window)},
       {"logits", FloatsToHex(entry.logits)},
       {"decision", DecisionToJson(entry.decision)}});
}

absl::StatusOr<JournalEntry> EntryFromJson(absl::string_view text) {
  AIFX_ASSIGN_OR_RETURN(const json parsed, model::ParseJson(text, "the journal's entry"));
  if (!parsed.is_object()) {
    return absl::InvalidArgumentError("the journal's entry is not an object");
  }
  StrictObject object(parsed, "the journal's entry");
  const std::string pair_name = object.String("pair"), timeframe_name = object.String("timeframe");
  const std::string id = object.String("id");
  const absl::Time recorded_at = object.Time("recorded_at"), now = object.Time("now");
  const std::string model_name = object.String("model");
  const int64_t version = object.Int("version");
  const std::string kernel = object.String("kernel");
  const std::string set = object.String("feature_set"), hash = object.String("feature_set_hash");
  const bool submitted = object.Bool("submitted");
  const json &risk = object.Object("risk"), &policy = object.Object("policy"),
             &candles = object.Array("candles"), &context = object.Array("context"),
             &decision = object.Object("decision");
  const std::string window = object.String("window"), logits = object.String("logits");
  AIFX_RETURN_IF_ERROR(object.Finish());
  AIFX_ASSIGN_OR_RETURN(market::CurrencyPair pair, market::CurrencyPair::Parse(pair_name));
  AIFX_ASSIGN_OR_RETURN(const market::Timeframe timeframe, market::ParseTimeframe(timeframe_name));
  JournalEntry entry{.id = id,
                     .recorded_at = recorded_at,
                     .pair = std::move(pair),
                     .timeframe = timeframe,
                     .model = model_name,
                     .version = version,
                     .kernel = kernel,
                     .feature_set = set,
                     .feature_set_hash = hash,
                     .submitted = submitted,
                     .now = now};
  AIFX_RETURN_IF_ERROR(RiskFromJson(risk, entry.risk));
  AIFX_ASSIGN_OR_RETURN(entry.policy, PolicyFromJson(policy));
  AIFX_ASSIGN_OR_RETURN(entry.candles, CandlesFromJson(candles, "candles"));
  AIFX_RETURN_IF_ERROR(ContextFromJson(context, entry.context));
  AIFX_ASSIGN_OR_RETURN(entry.window, FloatsFromHex(window, "window"));
  AIFX_ASSIGN_OR_RETURN(entry.logits, FloatsFromHex(logits, "logits"));
  AIFX_ASSIGN_OR_RETURN(entry.decision, DecisionFromJson(decision));
  return entry;
}

}  // namespace aifx::journal
