#include "client/cli/predict_request.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "client/cli/candles_csv.h"
#include "client/cli/words.h"
#include "core/base/files.h"
#include "core/base/status_macros.h"
#include "core/market/currency_pair.h"

namespace aifx::cli {
namespace {

// More than any feature set looks back, and far below the server's limits.
constexpr size_t kMaxCandlesSent = 2000;
constexpr size_t kMaxFileBytes = size_t{1} << 30;

void FillSeries(absl::Span<const market::Candle> candles, pb::CandleSeries* series) {
  for (const market::Candle& candle : candles) {
    pb::Candle* sent = series->add_candles();
    *sent->mutable_open_time() = ToProto(candle.open_time);
    sent->set_open(candle.open);
    sent->set_high(candle.high);
    sent->set_low(candle.low);
    sent->set_close(candle.close);
    if (candle.volume.has_value()) sent->set_volume(*candle.volume);
    if (candle.spread_pips.has_value()) sent->set_spread_pips(*candle.spread_pips);
  }
}

}  // namespace

absl::StatusOr<PredictRequests> PredictRequests::Make(const PredictOptions& options) {
  PredictRequests requests;
  AIFX_ASSIGN_OR_RETURN(const market::CurrencyPair pair, market::CurrencyPair::Parse(options.pair));
  AIFX_ASSIGN_OR_RETURN(requests.timeframe_, market::ParseTimeframe(options.timeframe));
  AIFX_ASSIGN_OR_RETURN(const pb::Timeframe timeframe, ParseTimeframeWord(options.timeframe));
  requests.base_.set_pair(pair.ToString());
  requests.base_.set_timeframe(timeframe);
  requests.base_.set_model_name(options.model);
  if (options.model_version != 0) requests.base_.set_model_version(options.model_version);
  if (!options.as_of.empty()) {
    const absl::StatusOr<absl::Time> as_of = ParseTimeWord(options.as_of);
    if (!as_of.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("--as-of: ", as_of.status().message()));
    }
    requests.as_of_ = *as_of;
  }
  if (!options.candles_file.empty()) {
    requests.candles_file_ = options.candles_file;
    AIFX_ASSIGN_OR_RETURN(const std::string text,
                          base::ReadFile(options.candles_file, kMaxFileBytes));
    AIFX_ASSIGN_OR_RETURN(requests.candles_,
                          ParseCandlesCsv(text, options.candles_file, pair.PipSize()));
  }
  return requests;
}

absl::StatusOr<pb::PredictRequest> PredictRequests::At(std::optional<absl::Time> as_of) const {
  if (!as_of.has_value()) as_of = as_of_;
  pb::PredictRequest request = base_;
  if (candles_file_.empty()) {
    if (as_of.has_value()) *request.mutable_as_of() = ToProto(*as_of);
    return request;
  }
  absl::Span<const market::Candle> sent = candles_;
  if (as_of.has_value()) {
    while (!sent.empty() && market::CloseTime(timeframe_, sent.back().open_time) > *as_of) {
      sent.remove_suffix(1);
    }
  }
  if (sent.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(candles_file_, " has no candle",
                     as_of ? absl::StrCat(" closed by ", TimeWord(*as_of)) : ""));
  }
  FillSeries(sent.last(std::min(sent.size(), kMaxCandlesSent)), request.mutable_series());
  return request;
}

}  // namespace aifx::cli
