#include "core/training/labels.h"

#include "core/dataset/targets.h"
#include "core/market/true_range.h"

namespace aifx::training {
namespace {

constexpr size_t kAtrPeriod = 14;

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
      const double close = candles[t].close, distance = rule.barrier_atr * atr;
      const dataset::FirstTouch touch =
          dataset::FindFirstTouch(candles, t, horizon, close - distance, close + distance);
      labels[t] = {static_cast<int>(touch.barrier), touch.end};
    }
  }
  return labels;
}

}  // namespace aifx::training
