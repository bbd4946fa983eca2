#include "client/cli/features_table.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/features/context_feed.h"

namespace aifx::cli {
namespace {

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

absl::Status CheckValues(const market::Candle& candle, const CandleLine& line,
                         absl::string_view place) {
  const std::pair<const char*, double> prices[] = {
      {"open", candle.open}, {"high", candle.high}, {"low", candle.low}, {"close", candle.close}};
  for (const auto& [column, price] : prices) {
    if (std::isfinite(price) && price > 0) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(place, ": ", column, " is ", price, ", must be a price > 0"));
  }
  for (const auto& [column, price] : prices) {
    if (price > candle.high) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": ", column, " ", price, " is above high ", candle.high));
    }
    if (price < candle.low) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": ", column, " ", price, " is below low ", candle.low));
    }
  }
  const std::pair<const char*, std::optional<double>> amounts[] = {
      {"volume", candle.volume}, {"spread", line.spread}, {"spread_pips", candle.spread_pips}};
  for (const auto& [column, amount] : amounts) {
    if (!amount.has_value() || (std::isfinite(*amount) && *amount >= 0)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(place, ": ", column, " is ", *amount, ", must be >= 0"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCandleLines(absl::Span<const market::Candle> candles,
                              absl::Span<const CandleLine> lines, absl::string_view name,
                              absl::Time now) {
  absl::Duration shortest = absl::InfiniteDuration();
  for (size_t i = 0; i < candles.size(); ++i) {
    const std::string place = absl::StrCat(name, ":", lines[i].number);
    AIFX_RETURN_IF_ERROR(CheckValues(candles[i], lines[i], place));
    if (i == 0) continue;
    const absl::Duration step = candles[i].open_time - candles[i - 1].open_time;
    if (step <= absl::ZeroDuration()) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": timestamp is ", TimeText(candles[i].open_time),
                       ", not later than that of line ", lines[i - 1].number,
                       "; candles must come oldest first, each once"));
    }
    shortest = std::min(shortest, step);
  }
  if (candles.size() > 1 && candles.back().open_time + shortest > now) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, ":", lines.back().number, ": timestamp is ", TimeText(candles.back().open_time),
        ": that candle has not closed yet; leave it out"));
  }
  return absl::OkStatus();
}

absl::StatusOr<FeatureTable> WriteFeatureTable(const features::FeatureSet& set,
                                               const features::FeatureInput& input,
                                               table::TableWriter& writer,
                                               const base::CallContext& context) {
  const absl::Span<const market::Candle> candles = input.candles;
  if (candles.size() <= set.warm_up()) {
    return absl::FailedPreconditionError(absl::StrCat("feature set ", set.name(), " needs ",
                                                      set.warm_up() + 1, " candles, ",
                                                      candles.size(), " came"));
  }
  AIFX_RETURN_IF_ERROR(features::CheckContext(set, input));
  AIFX_ASSIGN_OR_RETURN(FeatureRows rows, FeatureRows::Make(set, input.pair));
  features::ContextFeed feed(rows.stream(), input.context);
  FeatureTable table;
  for (const market::Candle& candle : candles) {
    if (context.IsCancelled()) return absl::CancelledError("interrupted");
    AIFX_ASSIGN_OR_RETURN(const absl::Span<const double> values, feed.Next(candle));
    const absl::Span<const double> row = rows.Keep(candle, values);
    if (row.empty()) continue;
    AIFX_RETURN_IF_ERROR(writer.Append(candle.open_time, row));
    ++table.rows;
  }
  table.dropped = rows.dropped();
  if (table.rows > 0) return table;
  return absl::FailedPreconditionError(absl::StrCat("no candle has all columns of ", set.name(),
                                                    ": ", UndefinedText(table.dropped)));
}

}  // namespace aifx::cli
