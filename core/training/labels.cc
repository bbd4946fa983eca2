#include "core/training/labels.h"

#include "core/market/true_range.h"

namespace aifx::training {
namespace {

constexpr size_t kAtrPeriod = 14;
constexpr int kSell = 0, kHold = 1, kBuy = 2;

BarLabel FirstTouch(absl::Span<const market::Candle> candles, size_t t, size_t horizon,
                    double distance) {
  const double upper = candles[t].close + distance;
  const double lower = candles[t].close - distance;
  for (size_t i = t + 1; i <= t + horizon; ++i) {
    const bool above = candles[i].high >= upper;
    const bool below = candles[i].low <= lower;
    if (above && below) return {kHold, i};
    if (above) return {kBuy, i};
    if (below) return {kSell, i};
  }
  return {kHold, t + horizon};
}

}  // namespace

std::vector<std::optional<BarLabel>> MakeLabels(absl::Span<const market::Candle> candles,
                                                const LabelRule& rule) {
  std::vector<std::optional<BarLabel>> labels(candles.size());
  const auto horizon = static_cast<size_t>(rule.horizon_bars);
  for (size_t t = kAtrPeriod - 1; t + horizon < candles.size(); ++t) {
    const double atr = market::AverageTrueRange(candles.first(t + 1), kAtrPeriod);
    if (!(atr > 0)) continue;
    if (rule.label == model::Label::kDirection) {
      labels[t] = {candles[t + horizon].close > candles[t].close ? 1 : 0, t + horizon};
    } else {
      labels[t] = FirstTouch(candles, t, horizon, rule.barrier_atr * atr);
    }
  }
  return labels;
}

}  // namespace aifx::training
