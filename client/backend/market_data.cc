#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/backend/backend_client.h"
#include "client/backend/candle_decoder.h"
#include "client/backend/range_plan.h"
#include "client/backend/range_reader.h"
#include "client/backend/values.h"
#include "core/base/status_macros.h"

namespace aifx::backend {
namespace {

using market::Candle;
using market::CurrencyPair;
using market::Timeframe;

// A span before now that should hold `count` candles: candles trade 120 of a week's 168 hours, and
// a weekend or holiday may just have passed.
absl::Duration LikelySpan(Timeframe timeframe, size_t count) {
  const absl::Duration candles = static_cast<double>(count) * market::TimeframeDuration(timeframe);
  switch (timeframe) {
    case Timeframe::k1Week:
    case Timeframe::k1Month:
      return candles + 2 * market::TimeframeDuration(timeframe);
    default:
      return candles * 1.4 + absl::Hours(4 * 24);
  }
}

absl::Time CeilToTick(absl::Time time) {
  const absl::Time floor = absl::FromUnixMillis(absl::ToUnixMillis(time));
  return floor < time ? floor + kTick : floor;
}

}  // namespace

absl::StatusOr<CandlePage> BackendClient::FetchCandles(const CurrencyPair& pair,
                                                       Timeframe timeframe,
                                                       const CandleQuery& query,
                                                       const base::CallContext& context) {
  Call call{.route = {"GET", "/training-data/market/:pair", "reading candles"}};
  call.path = absl::StrCat("/training-data/market/", http::PercentEncode(pair.ToString()));
  call.query = {{"timeframe", std::string(market::TimeframeName(timeframe))},
                {"limit", absl::StrCat(query.limit)},
                {"offset", absl::StrCat(query.offset)}};
  if (query.start != absl::InfinitePast()) {
    call.query.emplace_back("startDate", FormatTimestamp(CeilToTick(query.start)));
  }
  if (query.end != absl::InfiniteFuture()) {
    // endDate is inclusive.
    call.query.emplace_back("endDate", FormatTimestamp(query.end - absl::Nanoseconds(1)));
  }
  call.max_response_bytes = channel_.config().max_page_bytes;
  std::optional<CandlePage> page;
  call.decode = [&](const std::string& body) {
    page = DecodeCandlePage(body, pair.PipSize(), static_cast<size_t>(query.limit));
    return page.has_value();
  };
  AIFX_ASSIGN_OR_RETURN(const nlohmann::json data, channel_.Send(call, context));
  if (page.has_value()) return *std::move(page);
  return CandlePageOf(data, pair.PipSize());
}

absl::Status BackendClient::Stream(const CurrencyPair& pair, Timeframe timeframe, absl::Time start,
                                   absl::Time end, const market::CandleSink& sink,
                                   const market::OnReadProgress& progress,
                                   const base::CallContext& context) {
  const auto fetch = [&](const TimeWindow& window, int64_t limit,
                         const base::CallContext& page_context) {
    return FetchCandles(pair, timeframe, {.start = window.start, .end = window.end, .limit = limit},
                        page_context);
  };
  const RangeReadOptions options{.connections = channel_.config().candle_connections,
                                 .page_size = channel_.config().candle_page_size};
  return ReadCandleRange(fetch, timeframe, start, end, options, sink, progress, context);
}

absl::StatusOr<std::optional<absl::Time>> BackendClient::StartOfNewest(
    const CurrencyPair& pair, Timeframe timeframe, size_t count, absl::Time end,
    const base::CallContext& context) {
  CandleQuery query{.end = end};
  AIFX_ASSIGN_OR_RETURN(const CandlePage oldest, FetchCandles(pair, timeframe, query, context));
  if (oldest.candles.empty()) return std::nullopt;
  query.offset = oldest.total - static_cast<int64_t>(count);
  if (query.offset <= 0) return oldest.candles.front().open_time;
  AIFX_ASSIGN_OR_RETURN(const CandlePage first, FetchCandles(pair, timeframe, query, context));
  if (first.candles.empty()) {
    return absl::UnavailableError(absl::StrCat("the candles of ", pair.ToString(), " ",
                                               market::TimeframeName(timeframe),
                                               " changed while they were read: try again"));
  }
  return first.candles.front().open_time;
}

absl::StatusOr<std::vector<Candle>> BackendClient::Newest(const CurrencyPair& pair,
                                                          Timeframe timeframe, size_t count,
                                                          absl::Time as_of,
                                                          const base::CallContext& context) {
  if (count == 0) return std::vector<Candle>();
  const absl::Time likely_start = as_of - LikelySpan(timeframe, count);
  AIFX_ASSIGN_OR_RETURN(std::vector<Candle> candles,
                        Range(pair, timeframe, likely_start, as_of, context));
  market::DropInProgress(timeframe, as_of, candles);
  if (candles.size() < count) {
    // The series ended long ago, has a hole, or is short: the number of older candles tells where
    // the missing ones begin, so that no more than those are read.
    const size_t missing = count - candles.size();
    AIFX_ASSIGN_OR_RETURN(const std::optional<absl::Time> start,
                          StartOfNewest(pair, timeframe, missing, likely_start, context));
    if (start.has_value()) {
      AIFX_ASSIGN_OR_RETURN(std::vector<Candle> older,
                            Range(pair, timeframe, *start, likely_start, context));
      candles.insert(candles.begin(), older.begin(), older.end());
    }
  }
  if (candles.size() > count) {
    candles.erase(candles.begin(), candles.end() - static_cast<ptrdiff_t>(count));
  }
  return candles;
}

}  // namespace aifx::backend
