#include <cmath>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "core/base/ids.h"
#include "core/records/record.h"

namespace aifx::records {
namespace {

constexpr size_t kMaxTechnicalDataBytes = 64 << 10;

using Violations = std::vector<base::FieldViolation>;

void CheckRange(const std::string& field, double value, double low, double high,
                Violations& violations) {
  if (std::isfinite(value) && value >= low && value <= high) return;
  violations.push_back({field, absl::StrCat(field, " ", value, " is outside ", low, "..", high)});
}

void CheckRange(const std::string& field, const std::optional<double>& value, double low,
                double high, Violations& violations) {
  if (value.has_value()) CheckRange(field, *value, low, high, violations);
}

void CheckPrice(const std::string& field, double value, Violations& violations) {
  if (std::isfinite(value) && value > 0 && value < 1e5) return;
  violations.push_back(
      {field, absl::StrCat(field, " ", value, " is not a price above 0 and below 100000")});
}

// A level must lie on its own side of the entry.
void CheckLevel(const std::string& field, const std::optional<double>& level, bool above_entry,
                const Submission& submission, Violations& violations) {
  if (!level.has_value()) return;
  CheckPrice(field, *level, violations);
  const double distance = *level - submission.entry_price;
  if (above_entry ? distance > 0 : distance < 0) return;
  violations.push_back(
      {field, absl::StrCat(field, " ", *level, " must be ", above_entry ? "above" : "below",
                           " entry_price ", submission.entry_price, " for a ",
                           SignalName(submission.signal))});
}

nlohmann::json TechnicalDataOf(const Prediction& prediction) {
  nlohmann::json probabilities = nlohmann::json::object();
  for (const auto& [name, probability] : prediction.probabilities)
    probabilities[name] = probability;
  nlohmann::json data = {
      {"asOf", absl::FormatTime(prediction.as_of, absl::UTCTimeZone())},
      {"validUntil", absl::FormatTime(prediction.valid_until, absl::UTCTimeZone())},
      {"probabilities", probabilities},
      {"confidence", prediction.confidence},
      {"model",
       {{"name", prediction.model.name},
        {"version", absl::StrCat(prediction.model.version)},
        {"label", prediction.model.label},
        {"kernel", prediction.model.kernel}}},
      {"featureSet",
       {{"name", prediction.feature_set_name}, {"hash", prediction.feature_set_hash}}}};
  if (prediction.hold_reason != HoldReason::kNone) {
    data["holdReason"] = std::string(HoldReasonName(prediction.hold_reason));
  }
  for (const base::Warning& warning : prediction.warnings) {
    data["warnings"].push_back({{"code", warning.code}, {"text", warning.text}});
  }
  return data;
}

}  // namespace

Submission SubmissionOf(const Prediction& prediction) {
  Submission submission{.request_id = prediction.id,
                        .pair = prediction.pair,
                        .timeframe = prediction.timeframe,
                        .signal = prediction.signal,
                        .confidence = prediction.confidence,
                        .factors = prediction.factors,
                        .entry_price = prediction.entry_price,
                        .stop_loss = prediction.stop_loss,
                        .take_profit = prediction.take_profit,
                        .risk_reward_ratio = prediction.risk_reward_ratio,
                        .position_size = prediction.position_size,
                        .signal_strength = prediction.signal_strength,
                        .market_condition = prediction.market_condition,
                        .technical_data_json = TechnicalDataOf(prediction).dump(),
                        .model_version_id = prediction.model.backend_id};
  return submission;
}

std::vector<base::FieldViolation> ValidateSubmission(const Submission& submission) {
  Violations violations;
  if (!base::IsUuid(submission.request_id)) {
    violations.push_back(
        {"request_id", absl::StrCat("request_id \"", submission.request_id, "\" is not a UUID")});
  }
  if (!submission.model_version_id.empty() && !base::IsUuid(submission.model_version_id)) {
    violations.push_back(
        {"model_version_id",
         absl::StrCat("model_version_id \"", submission.model_version_id, "\" is not a UUID")});
  }
  CheckRange("confidence", submission.confidence, 0, 1, violations);
  CheckRange("factors.technical", submission.factors.technical, 0, 1, violations);
  CheckRange("factors.sentiment", submission.factors.sentiment, 0, 1, violations);
  CheckRange("factors.pattern", submission.factors.pattern, 0, 1, violations);
  CheckPrice("entry_price", submission.entry_price, violations);
  CheckRange("risk_reward_ratio", submission.risk_reward_ratio, 0, 99.99, violations);
  CheckRange("position_size", submission.position_size, 0, 100, violations);
  if (submission.signal != Signal::kHold) {
    const bool buy = submission.signal == Signal::kBuy;
    CheckLevel("stop_loss", submission.stop_loss, !buy, submission, violations);
    CheckLevel("take_profit", submission.take_profit, buy, submission, violations);
  }
  if (submission.technical_data_json.size() > kMaxTechnicalDataBytes) {
    violations.push_back({"technical_data",
                          absl::StrCat("technical_data has ", submission.technical_data_json.size(),
                                       " bytes, at most ", kMaxTechnicalDataBytes)});
  } else if (!submission.technical_data_json.empty()) {
    const auto parsed = nlohmann::json::parse(submission.technical_data_json, nullptr, false);
    if (!parsed.is_object()) {
      violations.push_back({"technical_data", "technical_data is not a JSON object"});
    }
  }
  return violations;
}

}  // namespace aifx::records
