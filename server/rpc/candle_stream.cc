#include "server/rpc/candle_stream.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/ids.h"
#include "core/base/status_macros.h"
#include "core/market/validation.h"
#include "server/rpc/from_proto.h"

namespace aifx::rpc {
namespace {

// `series...` of Predict's conversion, as the sender of a StreamStart wrote it.
absl::Status WithStartPaths(const absl::Status& status) {
  std::vector<base::FieldViolation> violations = base::ViolationsOf(status);
  if (violations.empty()) return status;
  for (base::FieldViolation& violation : violations) {
    absl::string_view field = violation.field;
    violation.field = absl::ConsumePrefix(&field, "series") ? absl::StrCat("start.warm_up", field)
                                                            : absl::StrCat("start.", field);
  }
  return base::InvalidArgument(violations);
}

// The candle at `index` of the series that was checked is `candle`; those before it the warm-up.
absl::Status WithStreamPaths(const absl::Status& status, size_t index) {
  std::vector<base::FieldViolation> violations = base::ViolationsOf(status);
  if (violations.empty()) return status;
  const std::string newest = absl::StrCat("candles[", index, "]");
  for (base::FieldViolation& violation : violations) {
    absl::string_view field = violation.field;
    if (absl::ConsumePrefix(&field, newest)) {
      violation.field = absl::StrCat("candle", field);
    } else if (absl::StartsWith(field, "candles")) {
      violation.field = absl::StrCat("start.warm_up.", violation.field);
    }
  }
  return base::InvalidArgument(violations);
}

absl::StatusOr<market::Candle> CandleFromProto(const ml::v1::Candle& message) {
  ml::v1::CandleSeries one;
  *one.add_candles() = message;
  auto candles = CandlesFromProto(one);
  if (candles.ok()) return candles->front();
  std::vector<base::FieldViolation> violations = base::ViolationsOf(candles.status());
  for (base::FieldViolation& violation : violations) {
    absl::string_view field = violation.field;
    if (absl::ConsumePrefix(&field, "series.candles[0]")) {
      violation.field = absl::StrCat("candle", field);
    }
  }
  return violations.empty() ? candles.status() : base::InvalidArgument(violations);
}

}  // namespace

absl::StatusOr<CandleStream> CandleStream::FromProto(const ml::v1::StreamStart& start,
                                                     const std::string& default_model,
                                                     absl::Time now) {
  ml::v1::PredictRequest message;
  message.set_pair(start.pair());
  message.set_timeframe(start.timeframe());
  *message.mutable_series() = start.warm_up();
  message.set_model_name(start.model_name().empty() ? default_model : start.model_name());
  if (start.has_model_version()) message.set_model_version(start.model_version());
  *message.mutable_risk() = start.risk();
  auto arguments = PredictFromProto(message, now);
  if (!arguments.ok()) return WithStartPaths(arguments.status());
  if (!arguments->request.candles.has_value()) arguments->request.candles.emplace();
  return CandleStream(std::move(arguments->request));
}

absl::StatusOr<pipeline::PreparedRequest> CandleStream::First(const market::Candle& candle,
                                                              const PredictionEngine& engine) {
  pipeline::PredictRequest request = request_;
  request.candles->push_back(candle);
  auto prepared = engine.Prepare(std::move(request));
  if (!prepared.ok()) return WithStreamPaths(prepared.status(), request_.candles->size());
  request_.candles.reset();
  return prepared;
}

absl::Status CandleStream::Append(const market::Candle& candle, absl::Time now) {
  std::vector<market::Candle>& candles = last_->candles;
  const market::Candle newest[] = {candles.back(), candle};
  const market::CandleFindings findings =
      market::ValidateCandles(newest, request_.timeframe, now, {});
  if (!findings.violations.empty()) {
    return WithStreamPaths(base::InvalidArgument(findings.violations), 1);
  }
  last_->warnings = findings.warnings;
  candles.push_back(candle);
  const size_t kept = std::max<size_t>({1, last_->candles_needed, last_->candles_wanted});
  if (candles.size() > kept)
    candles.erase(candles.begin(), candles.end() - static_cast<long>(kept));
  return absl::OkStatus();
}

absl::StatusOr<pipeline::PreparedRequest> CandleStream::Next(const ml::v1::Candle& message,
                                                             const PredictionEngine& engine,
                                                             absl::Time now) {
  AIFX_ASSIGN_OR_RETURN(const market::Candle candle, CandleFromProto(message));
  request_.request_id = base::NewUuid();
  if (!last_.has_value()) {
    AIFX_ASSIGN_OR_RETURN(last_, First(candle, engine));
  } else {
    AIFX_RETURN_IF_ERROR(Append(candle, now));
    last_->request.request_id = request_.request_id;
    last_->now = now;
  }
  return *last_;
}

}  // namespace aifx::rpc
