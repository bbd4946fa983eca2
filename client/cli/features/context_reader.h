#ifndef AIFX_CLIENT_CLI_FEATURES_CONTEXT_READER_H_
#define AIFX_CLIENT_CLI_FEATURES_CONTEXT_READER_H_

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/base/call_context.h"
#include "core/features/feature_set.h"
#include "core/market/candle_source.h"

namespace aifx::cli {

// Hands the candles of a set's context pairs to its stream as the series goes on. Reads them a
// piece at a time, so that memory does not grow with the history. Not thread-safe.
class ContextReader {
 public:
  // Of the context pairs that `set` wants for `pair`, at the same timeframe, from `start` on.
  // Source and context outlive the object.
  ContextReader(const features::FeatureSet& set, const market::CurrencyPair& pair,
                market::Timeframe timeframe, absl::Time start, market::CandleSource& source,
                const base::CallContext& context);

  // Gives `stream` the context candles that a candle opening at `open_time` may use and that it did
  // not get yet. The source's error, or FeatureStream::AddContext's.
  absl::Status AdvanceTo(absl::Time open_time, features::FeatureStream& stream);

 private:
  struct Series {
    market::CurrencyPair pair;
    std::vector<market::Candle> candles;  // the piece read last
    size_t next = 0;                      // in it
    absl::Time read_to;                   // exclusive
  };

  absl::Status ReadMore(Series& series);

  market::CandleSource& source_;
  const base::CallContext& context_;
  const market::Timeframe timeframe_;
  const absl::Duration piece_;
  std::vector<Series> series_;
};

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_FEATURES_CONTEXT_READER_H_
