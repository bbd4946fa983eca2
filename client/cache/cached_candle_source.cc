#include "client/cache/cached_candle_source.h"

#include "absl/strings/str_cat.h"
#include "client/cache/cached_read.h"
#include "client/cache/series_file.h"

namespace aifx::cache {

absl::StatusOr<std::vector<market::Candle>> CachedCandleSource::Newest(
    const market::CurrencyPair& pair, market::Timeframe timeframe, size_t count, absl::Time as_of,
    const base::CallContext& context) {
  return source_.Newest(pair, timeframe, count, as_of, context);
}

absl::Status CachedCandleSource::Stream(const market::CurrencyPair& pair,
                                        market::Timeframe timeframe, absl::Time start,
                                        absl::Time end, const market::CandleSink& sink,
                                        const market::OnReadProgress& progress,
                                        const base::CallContext& context) {
  if (const absl::Status status = MakeFolder(options_.folder); !status.ok()) {
    logger_.Warning("there is no candle cache: all candles come from the backend",
                    {{"folder", options_.folder}, {"reason", std::string(status.message())}});
    return source_.Stream(pair, timeframe, start, end, sink, progress, context);
  }
  const std::string key = SeriesKey(options_.backend_url, pair, timeframe);
  SeriesFile file({.folder = options_.folder,
                   .path = absl::StrCat(options_.folder, "/", SeriesFileName(key, pair, timeframe)),
                   .key = key,
                   .max_bytes = options_.max_bytes},
                  logger_);
  const CachedRead::Request request{.pair = pair,
                                    .timeframe = timeframe,
                                    .range = {start, end},
                                    .now = clock_.Now(),
                                    .sink = sink,
                                    .progress = progress,
                                    .context = context};
  return CachedRead(file, source_, request).Run();
}

}  // namespace aifx::cache
