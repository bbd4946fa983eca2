#ifndef AIFX_CLIENT_CLI_FEATURES_CONTEXT_READER_H_
#define AIFX_CLIENT_CLI_FEATURES_CONTEXT_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/cli/context_check.h"
#include "client/cli/series_check.h"
#include "core/base/call_context.h"
#include "core/features/feature_set.h"
#include "core/market/candle_source.h"

namespace aifx::cli {

// Hands the candles of a set's context pairs to its stream as the series goes on, without those
// that cannot be used. Reads them a piece at a time, so that memory does not grow with the history.
// Not thread-safe.
class ContextReader {
 public:
  // Of the context pairs that `user.set` wants, from user.first on. Source and context outlive the
  // object.
  ContextReader(const ContextUser& user, market::CandleSource& source,
                const base::CallContext& context);

  // Gives `stream` the last candle of each pair that opens no later than `open_time`, where it did
  // not get it yet: of several, a row depends on no other (context_feed.h). The source's error, or
  // FeatureStream::AddContext's.
  absl::Status AdvanceTo(absl::Time open_time, features::FeatureStream& stream);

  // Aborted, naming the pair, unless as many candles of each pair were passed as JudgeContext
  // counted. REQUIRES: AdvanceTo(user.last) was called, and `judged` is of the same user.
  absl::Status CheckUnchanged(const std::vector<JudgedContext>& judged) const;

 private:
  struct Series {
    market::CurrencyPair pair;
    absl::Time read_to;                   // exclusive
    std::vector<market::Candle> candles;  // the piece read last
    size_t next = 0;                      // in it
    UsableCandles usable;
    int64_t passed = 0;
  };

  // The newest candle that opens no later than `open_time`, of those that were not passed yet.
  absl::StatusOr<std::optional<market::Candle>> PassTo(absl::Time open_time, Series& series);
  absl::Status ReadMore(Series& series);

  market::CandleSource& source_;
  const base::CallContext& context_;
  const market::Timeframe timeframe_;
  const absl::Duration piece_;
  std::vector<Series> series_;
};

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_FEATURES_CONTEXT_READER_H_
