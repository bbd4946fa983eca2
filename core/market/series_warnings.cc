#include "core/market/series_warnings.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/market/gaps.h"

namespace aifx::market {
namespace {

// What open times must share: the place in the candle's own period, or in the day for months.
absl::Duration AnchorPeriod(Timeframe timeframe) {
  return timeframe == Timeframe::k1Month ? absl::Hours(24) : TimeframeDuration(timeframe);
}

int64_t NewYorkSecond(absl::Time time, absl::TimeZone new_york) {
  return absl::ToCivilSecond(time, new_york) - absl::CivilSecond(1970);
}

std::string Place(absl::Span<const Candle> candles, size_t i) {
  return absl::StrCat("candles[", i, "] (",
                      absl::FormatTime(candles[i].open_time, absl::UTCTimeZone()), ")");
}

// The first candle that is anchored differently from the first one, or the size.
size_t FirstUneven(absl::Span<const Candle> candles, Timeframe timeframe) {
  const absl::Duration period = AnchorPeriod(timeframe);
  bool even_in_utc = true;
  for (size_t i = 1; i < candles.size() && even_in_utc; ++i) {
    const absl::Duration distance = candles[i].open_time - candles[i - 1].open_time;
    even_in_utc = distance == period || distance % period == absl::ZeroDuration();
  }
  if (even_in_utc) return candles.size();
  const absl::TimeZone zone = SharedCalendar().new_york();
  const int64_t seconds = absl::ToInt64Seconds(period);
  const int64_t anchor = NewYorkSecond(candles[0].open_time, zone);
  for (size_t i = 1; i < candles.size(); ++i) {
    if ((NewYorkSecond(candles[i].open_time, zone) - anchor) % seconds != 0) return i;
  }
  return candles.size();
}

}  // namespace

void AddSeriesWarnings(absl::Span<const Candle> candles, Timeframe timeframe,
                       std::vector<base::Warning>& warnings) {
  int64_t missing = 0;
  size_t first = 0;
  const absl::Duration duration = TimeframeDuration(timeframe);
  for (size_t i = 1; i < candles.size(); ++i) {
    if (candles[i].open_time - candles[i - 1].open_time == duration) continue;
    const int64_t here = MissingBetween(candles[i - 1].open_time, candles[i].open_time, timeframe);
    if (here <= 0) continue;
    if (missing == 0) first = i;
    missing += here;
  }
  if (missing > 0) {
    warnings.push_back(
        {"INTRAWEEK_GAP", absl::StrCat(missing, missing == 1 ? " candle is" : " candles are",
                                       " missing while the market was open, first between ",
                                       Place(candles, first - 1), " and ", Place(candles, first))});
  }
  if (IsUtcAnchored(timeframe) || candles.empty()) return;
  const size_t uneven = FirstUneven(candles, timeframe);
  if (uneven == candles.size()) return;
  warnings.push_back(
      {"UNEVEN_ANCHOR", absl::StrCat(Place(candles, uneven), " of ", TimeframeName(timeframe),
                                     " is not anchored like ", Place(candles, 0))});
}

}  // namespace aifx::market
