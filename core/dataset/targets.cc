#include "core/dataset/targets.h"

#include <algorithm>

#include "core/market/true_range.h"

namespace aifx::dataset {
namespace {

constexpr size_t kAtrPeriod = 14;

}  // namespace

FirstTouch FindFirstTouch(absl::Span<const market::Candle> candles, size_t t, size_t horizon,
                          double lower, double upper) {
  for (size_t i = t + 1; i <= t + horizon; ++i) {
    const bool above = candles[i].high >= upper;
    const bool below = candles[i].low <= lower;
    if (above && below) return {Barrier::kNeither, i};
    if (above) return {Barrier::kUpper, i};
    if (below) return {Barrier::kLower, i};
  }
  return {Barrier::kNeither, t + horizon};
}

std::optional<Target> TargetAt(absl::Span<const market::Candle> candles, size_t t,
                               const TargetRule& rule) {
  const auto horizon = static_cast<size_t>(rule.horizon_bars);
  if (t + horizon >= candles.size()) return std::nullopt;
  const double close = candles[t].close;
  const double later = candles[t + horizon].close;
  Target target;
  if (rule.to_horizon()) target.end = t + horizon;
  if (rule.direction) target.direction = later > close ? 1 : 0;
  if (rule.change) target.change = later / close - 1;
  if (rule.close) target.close = later;
  if (!rule.barrier) return target;
  if (t + 1 < kAtrPeriod) return std::nullopt;
  const double atr = market::AverageTrueRange(candles.first(t + 1), kAtrPeriod);
  if (!(atr > 0)) return std::nullopt;
  target.touch =
      FindFirstTouch(candles, t, horizon, close - rule.stop_atr * atr, close + rule.take_atr * atr);
  target.end = std::max(target.end, target.touch.end);
  return target;
}

}  // namespace aifx::dataset
