#include "core/pipeline/undefined_feature.h"

#include <cmath>
#include <limits>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/violation.h"

namespace aifx::pipeline {
namespace {

// How many candles the one that is meant stands before the newest: the same for all who share it.
constexpr char kCandlesBack[] = "aifx/candles-back";

bool IsFloat(double value) { return std::abs(value) <= std::numeric_limits<float>::max(); }

}  // namespace

absl::Status FindUndefined(const PreparedRequest& item, const features::FeatureMatrix& matrix,
                           size_t first) {
  size_t i = first;
  while (i < matrix.values.size() && IsFloat(matrix.values[i])) ++i;
  if (i == matrix.values.size()) return absl::OkStatus();
  const absl::Span<const market::Candle> window = item.Window();
  const size_t candle = i / matrix.columns + item.feature_set->warm_up();
  const features::Column& column = item.feature_set->columns()[i % matrix.columns];
  absl::Status status = absl::FailedPreconditionError(absl::StrCat(
      "column ", column.name, " of feature set ", item.feature_set->name(), " is ",
      matrix.values[i], " at the candle of ",
      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", window[candle].open_time, absl::UTCTimeZone())));
  status.SetPayload(kCandlesBack, absl::Cord(absl::StrCat(window.size() - candle)));
  return status;
}

absl::Status UnusableCandles(const PreparedRequest& item, absl::string_view why) {
  return base::WithReason(
      absl::FailedPreconditionError(
          absl::StrCat("the backend's candles of ", item.request.pair.ToString(), " ",
                       market::TimeframeName(item.request.timeframe), " are not usable: ", why)),
      "BACKEND_CANDLES_INVALID");
}

absl::Status InTermsOf(const PreparedRequest& item, const absl::Status& status) {
  const auto payload = status.GetPayload(kCandlesBack);
  size_t back = 0;
  if (!payload.has_value() || !absl::SimpleAtoi(std::string(*payload), &back)) return status;
  if (item.fetched) return UnusableCandles(item, status.message());
  const std::string field = absl::StrCat("candles[", item.candles.size() - back, "]");
  return base::InvalidArgument(
      {{field, absl::StrCat(field, " leaves a feature undefined: ", status.message())}});
}

}  // namespace aifx::pipeline
