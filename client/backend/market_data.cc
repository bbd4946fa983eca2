#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/backend/backend_client.h"
#include "client/backend/values.h"
#include "client/http/http_failure.h"
#include "core/base/status_macros.h"

namespace aifx::backend {
namespace {

using market::Candle;
using market::CurrencyPair;
using market::Timeframe;

// The finest step of the backend's timestamps.
constexpr absl::Duration kTick = absl::Milliseconds(1);
// Below this a page is not made smaller, however large its candles are.
constexpr int64_t kSmallestPage = 100;

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

Candle ReadCandle(ObjectReader& reader, double pip_size) {
  Candle candle;
  candle.open_time = reader.Timestamp("timestamp");
  candle.open = reader.Number("open");
  candle.high = reader.Number("high");
  candle.low = reader.Number("low");
  candle.close = reader.Number("close");
  candle.volume = reader.OptionalNumber("volume");
  if (const std::optional<double> spread = reader.OptionalNumber("spread")) {
    candle.spread_pips = *spread / pip_size;
  }
  return candle;
}

absl::Status NotAscending(absl::Time time, absl::Time previous) {
  return NonsenseError(absl::StrCat("marketData is not ascending: timestamp ",
                                    FormatTimestamp(time), " follows ", FormatTimestamp(previous)));
}

}  // namespace

absl::StatusOr<BackendClient::CandlePage> BackendClient::FetchCandles(
    const CurrencyPair& pair, Timeframe timeframe, const CandleQuery& query,
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
  AIFX_ASSIGN_OR_RETURN(const nlohmann::json data, channel_.Send(call, context));

  ObjectReader reader(data, "data");
  const nlohmann::json& rows = reader.Array("marketData");
  ObjectReader pagination(reader.Object("pagination"), "pagination");
  CandlePage page;
  page.total = pagination.Integer("total");
  AIFX_RETURN_IF_ERROR(reader.status());
  AIFX_RETURN_IF_ERROR(pagination.status());
  page.candles.reserve(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    ObjectReader row(rows[i], "marketData", i);
    Candle candle = ReadCandle(row, pair.PipSize());
    AIFX_RETURN_IF_ERROR(row.status());
    if (!page.candles.empty() && candle.open_time <= page.candles.back().open_time) {
      return NotAscending(candle.open_time, page.candles.back().open_time);
    }
    page.candles.push_back(std::move(candle));
  }
  return page;
}

absl::StatusOr<std::vector<Candle>> BackendClient::Range(const CurrencyPair& pair,
                                                         Timeframe timeframe, absl::Time start,
                                                         absl::Time end,
                                                         const base::CallContext& context) {
  std::vector<Candle> candles;
  // Each page continues after the last candle's time instead of at an offset: rows that are added
  // or removed meanwhile cannot shift it.
  CandleQuery query{.start = start, .end = end, .limit = channel_.config().candle_page_size};
  while (query.start < end) {
    absl::StatusOr<CandlePage> page = FetchCandles(pair, timeframe, query, context);
    if (!page.ok()) {
      const bool too_large = http::HttpFailureOf(page.status()).reply_too_large;
      if (!too_large || query.limit <= kSmallestPage) return page.status();
      query.limit = std::max(query.limit / 2, kSmallestPage);
      continue;
    }
    for (Candle& candle : page->candles) {
      if (candle.open_time < query.start || candle.open_time >= end) {
        return NonsenseError(absl::StrCat(
            "marketData has timestamp ", FormatTimestamp(candle.open_time), ", outside of ",
            FormatTimestamp(query.start), " to ", FormatTimestamp(end)));
      }
      candles.push_back(std::move(candle));
    }
    if (page->candles.empty() || static_cast<int64_t>(page->candles.size()) >= page->total) break;
    query.start = candles.back().open_time + kTick;
  }
  return candles;
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
  std::erase_if(candles, [&](const Candle& candle) {
    return market::CloseTime(timeframe, candle.open_time) > as_of;
  });
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
