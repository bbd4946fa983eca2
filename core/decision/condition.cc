#include <cmath>

#include "core/decision/decision.h"
#include "core/market/true_range.h"

namespace aifx::decision {
namespace {

constexpr size_t kPath = 20, kFast = 14, kSlow = 48;
constexpr double kTrending = 0.35, kVolatile = 1.25, kCalm = 0.8;

double EfficiencyRatio(absl::Span<const market::Candle> candles) {
  double path = 0;
  for (size_t i = 1; i < candles.size(); ++i) {
    path += std::abs(candles[i].close - candles[i - 1].close);
  }
  return path > 0 ? std::abs(candles.back().close - candles.front().close) / path : 0;
}

}  // namespace

records::MarketCondition ConditionOf(absl::Span<const market::Candle> candles) {
  if (candles.size() <= kSlow) return records::MarketCondition::kRanging;
  if (EfficiencyRatio(candles.last(kPath + 1)) >= kTrending) {
    return records::MarketCondition::kTrending;
  }
  const double slow = market::AverageTrueRange(candles, kSlow);
  if (slow <= 0) return records::MarketCondition::kCalm;
  const double ratio = market::AverageTrueRange(candles, kFast) / slow;
  if (ratio >= kVolatile) return records::MarketCondition::kVolatile;
  if (ratio <= kCalm) return records::MarketCondition::kCalm;
  return records::MarketCondition::kRanging;
}

}  // namespace aifx::decision
