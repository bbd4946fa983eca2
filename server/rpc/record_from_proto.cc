#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/ids.h"
#include "core/base/json_depth.h"
#include "core/base/status_macros.h"
#include "server/rpc/fields.h"
#include "server/rpc/from_proto.h"
#include "server/rpc/page_token.h"
#include "server/rpc/times.h"

namespace aifx::rpc {
namespace {

constexpr size_t kMaxTechnicalDataBytes = 64 << 10;
constexpr int64_t kDefaultPage = 50;
constexpr int64_t kMaxPage = 100;

// CurrencyPair is always valid: stands in until the violations are returned.
const market::CurrencyPair& AnyPair() {
  static const market::CurrencyPair pair = *market::CurrencyPair::Parse("EUR/USD");
  return pair;
}

records::Factors FactorsFromProto(const ml::v1::Factors& factors) {
  return {factors.technical(), factors.sentiment(), factors.pattern()};
}

void CheckTechnicalData(const std::string& json, Violations& violations) {
  if (json.empty()) return;
  const std::string field = "external.technical_data_json";
  if (json.size() > kMaxTechnicalDataBytes) {
    violations.push_back({field, absl::StrCat(field, " has ", json.size(), " bytes, at most ",
                                              kMaxTechnicalDataBytes)});
  } else if (base::IsJsonDeeperThan(json)) {
    violations.push_back(
        {field, absl::StrCat(field, " is nested deeper than ", base::kMaxJsonDepth, " levels")});
  } else if (!nlohmann::json::parse(json, nullptr, false).is_object()) {
    violations.push_back({field, absl::StrCat(field, " is not a JSON object")});
  }
}

template <typename Message>
void CopyLevels(const Message& message, records::Submission& submission) {
  if (message.has_stop_loss()) submission.stop_loss = message.stop_loss();
  if (message.has_take_profit()) submission.take_profit = message.take_profit();
  if (message.has_risk_reward_ratio()) submission.risk_reward_ratio = message.risk_reward_ratio();
  if (message.has_position_size_percent()) {
    submission.position_size = message.position_size_percent();
  }
}

records::Submission FromExternal(const ml::v1::ExternalPrediction& message,
                                 Violations& violations) {
  const auto pair = PairFromProto(message.pair(), "external.pair", true, violations);
  records::Submission submission{.pair = pair.value_or(AnyPair())};
  submission.timeframe =
      EnumFromProto<market::Timeframe>(message.timeframe(), "external.timeframe", true, violations)
          .value_or(market::Timeframe::k1Hour);
  submission.signal =
      EnumFromProto<records::Signal>(message.signal(), "external.signal", true, violations)
          .value_or(records::Signal::kHold);
  if (!message.has_confidence()) {
    violations.push_back({"external.confidence", "external.confidence is missing"});
  }
  if (!message.has_factors()) {
    violations.push_back({"external.factors", "external.factors is missing"});
  }
  submission.confidence = message.confidence();
  submission.factors = FactorsFromProto(message.factors());
  submission.entry_price = message.entry_price();
  CopyLevels(message, submission);
  submission.signal_strength = EnumFromProto<records::SignalStrength>(
      message.signal_strength(), "external.signal_strength", false, violations);
  submission.market_condition = EnumFromProto<records::MarketCondition>(
      message.market_condition(), "external.market_condition", false, violations);
  CheckTechnicalData(message.technical_data_json(), violations);
  submission.technical_data_json = message.technical_data_json();
  CheckUuid(message.model_version_id(), "external.model_version_id", violations);
  submission.model_version_id = message.model_version_id();
  return submission;
}

absl::Time TimeOr(const google::protobuf::Timestamp& time, const std::string& field,
                  Violations& violations) {
  return TimeFromProto(time, field, violations).value_or(absl::UnixEpoch());
}

// An answer of the engine that its caller sends back: only what a submission holds is read.
records::Submission FromPrediction(const ml::v1::Prediction& message, Violations& violations) {
  const auto pair = PairFromProto(message.pair(), "prediction.pair", true, violations);
  records::Prediction prediction{.pair = pair.value_or(AnyPair())};
  prediction.timeframe = EnumFromProto<market::Timeframe>(message.timeframe(),
                                                          "prediction.timeframe", true, violations)
                             .value_or(market::Timeframe::k1Hour);
  prediction.signal =
      EnumFromProto<records::Signal>(message.signal(), "prediction.signal", true, violations)
          .value_or(records::Signal::kHold);
  CheckUuid(message.id(), "prediction.id", violations);
  prediction.id = message.id();
  prediction.as_of = TimeOr(message.as_of(), "prediction.as_of", violations);
  prediction.valid_until = TimeOr(message.valid_until(), "prediction.valid_until", violations);
  if (ml::v1::HoldReason_IsValid(message.hold_reason())) {
    prediction.hold_reason = static_cast<records::HoldReason>(message.hold_reason());
  }
  for (const auto& probability : message.probabilities()) {
    prediction.probabilities.emplace_back(probability.name(), probability.probability());
  }
  prediction.confidence = message.confidence();
  prediction.factors = FactorsFromProto(message.factors());
  prediction.entry_price = message.entry_price();
  prediction.signal_strength =
      EnumFromProto<records::SignalStrength>(message.signal_strength(),
                                             "prediction.signal_strength", false, violations)
          .value_or(records::SignalStrength::kWeak);
  prediction.market_condition =
      EnumFromProto<records::MarketCondition>(message.market_condition(),
                                              "prediction.market_condition", false, violations)
          .value_or(records::MarketCondition::kRanging);
  prediction.model = {.name = message.model().name(),
                      .version = message.model().version(),
                      .label = message.model().label(),
                      .kernel = message.model().kernel(),
                      .backend_id = message.model().backend_id()};
  prediction.feature_set_name = message.feature_set().name();
  prediction.feature_set_hash = message.feature_set().hash();
  for (const auto& warning : message.warnings()) {
    prediction.warnings.push_back({warning.code(), warning.text()});
  }
  records::Submission submission = records::SubmissionOf(prediction);
  CopyLevels(message, submission);
  return submission;
}

// Everything that ListPredictions selects by, for the page token.
std::string FilterText(const ml::v1::ListPredictionsRequest& message,
                       const records::PredictionQuery& query) {
  return absl::StrCat(query.pair.has_value() ? query.pair->ToString() : "", "|", message.status(),
                      "|", message.outcome(), "|", query.min_confidence.value_or(-1));
}

}  // namespace

absl::StatusOr<records::Submission> SubmissionFromProto(
    const ml::v1::SubmitPredictionRequest& message) {
  Violations violations;
  CheckUuid(message.request_id(), "request_id", violations);
  if (message.content_case() == ml::v1::SubmitPredictionRequest::CONTENT_NOT_SET) {
    violations.push_back({"content", "prediction or external is missing"});
    return base::InvalidArgument(violations);
  }
  const bool ours = message.has_prediction();
  records::Submission submission = ours ? FromPrediction(message.prediction(), violations)
                                        : FromExternal(message.external(), violations);
  const std::string id = ours ? message.prediction().id() : "";
  if (!id.empty() && !message.request_id().empty() && id != message.request_id()) {
    violations.push_back({"request_id", absl::StrCat("request_id ", message.request_id(),
                                                     " differs from prediction.id ", id)});
  }
  submission.request_id = !message.request_id().empty() ? message.request_id() : id;
  if (submission.request_id.empty()) submission.request_id = base::NewUuid();
  if (violations.empty()) {
    for (base::FieldViolation& violation : records::ValidateSubmission(submission)) {
      violation.field = absl::StrCat(ours ? "prediction." : "external.", violation.field);
      violations.push_back(std::move(violation));
    }
  }
  if (!violations.empty()) return base::InvalidArgument(violations);
  return submission;
}

absl::StatusOr<records::OutcomeUpdate> OutcomeFromProto(
    const ml::v1::UpdateOutcomeRequest& message) {
  Violations violations;
  if (message.prediction_id().empty()) {
    violations.push_back({"prediction_id", "prediction_id is missing"});
  }
  CheckUuid(message.prediction_id(), "prediction_id", violations);
  records::OutcomeUpdate update{.prediction_id = message.prediction_id()};
  update.outcome = EnumFromProto<records::Outcome>(message.outcome(), "outcome", true, violations)
                       .value_or(records::Outcome::kBreakeven);
  if (!message.has_pnl_pips()) violations.push_back({"pnl_pips", "pnl_pips is missing"});
  if (!message.has_pnl_percent()) violations.push_back({"pnl_percent", "pnl_percent is missing"});
  CheckRange(message.pnl_pips(), -1e7, 1e7, "pnl_pips", violations);
  CheckRange(message.pnl_percent(), -1e5, 1e5, "pnl_percent", violations);
  update.pnl_pips = message.pnl_pips();
  update.pnl_percent = message.pnl_percent();
  if (!violations.empty()) return base::InvalidArgument(violations);
  return update;
}

absl::StatusOr<records::PredictionQuery> PredictionQueryFromProto(
    const ml::v1::ListPredictionsRequest& message) {
  Violations violations;
  records::PredictionQuery query;
  query.pair = PairFromProto(message.pair(), "pair", false, violations);
  query.status =
      EnumFromProto<records::PredictionStatus>(message.status(), "status", false, violations);
  query.outcome = EnumFromProto<records::Outcome>(message.outcome(), "outcome", false, violations);
  if (message.has_min_confidence()) {
    CheckRange(message.min_confidence(), 0, 1, "min_confidence", violations);
    query.min_confidence = message.min_confidence();
  }
  query.limit = PageSize(message.page_size(), kDefaultPage, kMaxPage, violations);
  const auto offset = OffsetOfPageToken(message.page_token(), FilterText(message, query));
  if (!offset.ok()) {
    for (auto& violation : base::ViolationsOf(offset.status())) violations.push_back(violation);
  }
  if (!violations.empty()) return base::InvalidArgument(violations);
  query.offset = *offset;
  return query;
}

std::string NextPredictionsToken(const ml::v1::ListPredictionsRequest& message,
                                 const records::PredictionQuery& query,
                                 const records::PredictionPage& page) {
  const int64_t next = query.offset + static_cast<int64_t>(page.predictions.size()) + page.skipped;
  if (next == query.offset || next >= page.total) return "";
  return MakePageToken(next, FilterText(message, query));
}

absl::StatusOr<records::AccuracyQuery> AccuracyQueryFromProto(
    const ml::v1::GetAccuracyRequest& message) {
  Violations violations;
  records::AccuracyQuery query;
  CheckUuid(message.model_version_id(), "model_version_id", violations);
  query.model_version_id = message.model_version_id();
  query.pair = PairFromProto(message.pair(), "pair", false, violations);
  if (message.has_start_time()) {
    query.start = TimeFromProto(message.start_time(), "start_time", violations);
  }
  if (message.has_end_time()) {
    query.end = TimeFromProto(message.end_time(), "end_time", violations);
  }
  const absl::TimeZone utc = absl::UTCTimeZone();
  if (query.start.has_value() && query.end.has_value() && *query.start > *query.end) {
    violations.push_back(
        {"end_time", absl::StrCat("end_time ", absl::FormatTime(*query.end, utc),
                                  " is before start_time ", absl::FormatTime(*query.start, utc))});
  }
  if (message.has_min_confidence()) {
    CheckRange(message.min_confidence(), 0, 1, "min_confidence", violations);
    query.min_confidence = message.min_confidence();
  }
  if (!violations.empty()) return base::InvalidArgument(violations);
  return query;
}

}  // namespace aifx::rpc
