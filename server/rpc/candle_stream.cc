#include "server/rpc/candle_stream.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/ids.h"
#include "core/base/status_macros.h"
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

// Whether the number of candles is what is wrong.
bool IsAboutTheSeries(const absl::Status& status) {
  const std::vector<base::FieldViolation> violations = base::ViolationsOf(status);
  return std::any_of(violations.begin(), violations.end(),
                     [](const auto& violation) { return violation.field == "candles"; });
}

absl::Status TooShort(size_t candles) {
  return base::WithReason(absl::FailedPreconditionError(absl::StrCat(
                              "the version that serves now needs more than the ", candles,
                              " candles that the stream has kept: begin a new stream with a longer "
                              "warm-up")),
                          "STREAM_TOO_SHORT");
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
  std::vector<market::Candle> warm_up;
  if (arguments->request.candles.has_value()) {
    warm_up = *std::exchange(arguments->request.candles, std::nullopt);
  }
  return CandleStream(std::move(arguments->request), std::move(warm_up));
}

void CandleStream::Keep(const market::Candle& candle, const pipeline::PreparedRequest& prepared) {
  window_ = std::max({window_, prepared.candles_needed, prepared.candles_wanted});
  history_.push_back(candle);
  const size_t kept = window_ - 1;  // and the next one
  if (history_.size() <= kept) return;
  history_.erase(history_.begin(), history_.end() - static_cast<long>(kept));
  forgot_ = true;
}

absl::StatusOr<pipeline::PreparedRequest> CandleStream::Next(const ml::v1::Candle& message,
                                                             const PredictionEngine& engine) {
  AIFX_ASSIGN_OR_RETURN(const market::Candle candle, CandleFromProto(message));
  pipeline::PredictRequest request = request_;
  request.request_id = base::NewUuid();
  std::vector<market::Candle>& candles = request.candles.emplace();
  candles.reserve(history_.size() + 1);
  candles = history_;
  candles.push_back(candle);
  auto prepared = engine.Prepare(std::move(request));
  if (!prepared.ok()) {
    const bool short_of = forgot_ && IsAboutTheSeries(prepared.status());
    return short_of ? TooShort(history_.size() + 1)
                    : WithStreamPaths(prepared.status(), history_.size());
  }
  // Predict on the whole history would have more to compute from.
  const size_t wanted = std::max(prepared->candles_needed, prepared->candles_wanted);
  if (forgot_ && wanted > prepared->candles.size()) return TooShort(prepared->candles.size());
  Keep(candle, *prepared);
  return prepared;
}

}  // namespace aifx::rpc
