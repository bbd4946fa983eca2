// spread_against_48 = (spread - mean) / (spread + mean), mean over 48 candles; 0 where a candle of
// the window has no spread, and has_spread says which: not every series has them.
#include <cmath>

#include "core/features/ratio.h"
#include "core/features/technical/families.h"
#include "core/features/technical/rolling_sums.h"

namespace aifx::features {
namespace {

constexpr size_t kLength = 48;

class Spread final : public Indicator {
 public:
  Spread(Workspace& workspace, Convention, const Wanted&)
      : spread_(workspace.spread_pips()), sums_(workspace, workspace.spread_pips()) {
    sums_.Require(kLength);
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    sums_.Update(chunk);
    sums_.Mean(kLength, chunk, mean_.data());
    const double* spread = spread_.data() + chunk.begin;
    for (size_t i = 0; i < chunk.size(); ++i) {
      const bool known = !std::isnan(mean_[i]);
      if (out[0] != nullptr) out[0][i] = known ? Contrast(spread[i], mean_[i]) : 0;
      if (out[1] != nullptr) out[1][i] = known ? 1 : 0;
    }
  }

 private:
  SeriesBuffer& spread_;
  RollingSums sums_;
  std::array<double, kChunkRows> mean_;
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  if (convention != Convention::kEngine) return {};
  return {EngineColumn("spread_against_48", ColumnKind::kPrice,
                       "(spread-sma(spread,48))/(spread+sma(spread,48));missing=0", kLength),
          EngineColumn("has_spread", ColumnKind::kPrice, "1 if all of spread[0..-47] are known",
                       kLength)};
}

}  // namespace

const IndicatorFamily families::kSpread = {Columns, MakeIndicator<Spread>};

}  // namespace aifx::features
