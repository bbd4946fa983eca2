#include "core/features/context_feed.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"

namespace aifx::features {

absl::StatusOr<absl::Span<const double>> ContextFeed::Next(const market::Candle& candle) {
  for (size_t s = 0; s < context_.size(); ++s) {
    const absl::Span<const market::Candle> candles = context_[s].candles;
    const size_t first = next_[s];
    size_t& next = next_[s];
    while (next < candles.size() && candles[next].open_time <= candle.open_time) ++next;
    // Of an older history, or behind a hole of the series, there may be more than a stream holds.
    if (next == first) continue;
    AIFX_RETURN_IF_ERROR(stream_.AddContext(context_[s].pair, candles[next - 1]));
  }
  return stream_.Next(candle);
}

std::vector<market::CurrencyPair> ContextPairsOf(const FeatureSet& set,
                                                 const market::CurrencyPair* pair) {
  static const market::CurrencyPair kNone = *market::CurrencyPair::Parse("EUR/GBP");
  return set.ContextPairs(pair != nullptr ? *pair : kNone);
}

absl::Status CheckContext(const FeatureSet& set, const FeatureInput& input) {
  std::vector<std::string> missing;
  for (const market::CurrencyPair& pair : ContextPairsOf(set, input.pair)) {
    const bool there =
        std::any_of(input.context.begin(), input.context.end(), [&](const ContextSeries& series) {
          return series.pair == pair && !series.candles.empty();
        });
    if (!there) missing.push_back(pair.ToString());
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "feature set ", set.name(), " needs the candles of ", absl::StrJoin(missing, ", "), " too",
      input.pair != nullptr ? absl::StrCat(" for ", input.pair->ToString()) : ""));
}

}  // namespace aifx::features
