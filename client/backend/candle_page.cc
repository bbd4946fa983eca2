#include "client/backend/candle_page.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/backend/values.h"
#include "core/base/status_macros.h"

namespace aifx::backend {
namespace {

using market::Candle;

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

absl::StatusOr<CandlePage> CandlePageOf(const nlohmann::json& data, double pip_size) {
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
    Candle candle = ReadCandle(row, pip_size);
    AIFX_RETURN_IF_ERROR(row.status());
    if (!page.candles.empty() && candle.open_time <= page.candles.back().open_time) {
      return NotAscending(candle.open_time, page.candles.back().open_time);
    }
    page.candles.push_back(std::move(candle));
  }
  return page;
}

}  // namespace aifx::backend
