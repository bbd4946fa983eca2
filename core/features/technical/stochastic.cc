// stoch_k = 100 (close - LL14) / (HH14 - LL14), LL and HH the extremes of 14 candles; stoch_d = the
// mean of 3 of it. Flat prices: NaN in the reference, 0 in TA-Lib.
#include "core/features/technical/families.h"
#include "core/features/technical/shared_series.h"

namespace aifx::features {
namespace {

class Stochastic final : public Indicator {
 public:
  Stochastic(Workspace& workspace, Convention convention, const Wanted&)
      : flat_(convention == Convention::kTaLib ? 0 : kNan),
        close_(workspace.close()),
        extremes_(workspace.Shared<HighLow14>()),
        k_(workspace.NewSeries()) {
    k_.RequirePast(2);
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    const double* close = close_.data();
    const double* highest = extremes_.highest.data();
    const double* lowest = extremes_.lowest.data();
    double* __restrict k = k_.data();
    const double flat = flat_;
    for (size_t i = chunk.begin; i < chunk.end; ++i) {
      const double range = highest[i] - lowest[i];
      const double value = 100 * (close[i] - lowest[i]) / range;
      k[i] = range == 0 ? flat : value;
    }
    if (out[0] != nullptr) std::copy_n(k + chunk.begin, chunk.size(), out[0]);
    if (double* __restrict d = out[1]) {
      const double* newest = k_.data() + chunk.begin;
      for (size_t i = 0; i < chunk.size(); ++i) {
        d[i] = (newest[i] + *(newest + i - 1) + *(newest + i - 2)) * (1.0 / 3);
      }
    }
  }

 private:
  double flat_;
  SeriesBuffer& close_;
  HighLow14& extremes_;
  SeriesBuffer& k_;
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  if (convention == Convention::kEngine) return {};
  const std::string flat = convention == Convention::kTaLib ? ",flat=0" : ",flat=nan";
  const std::string k = "100*(close-min(low,14))/(max(high,14)-min(low,14))" + flat;
  return {RatioColumn("stoch_k", k, 13, 14, PriceShift::kInvariant),
          RatioColumn("stoch_d", "sma(" + k + ",3)", 15, 16, PriceShift::kInvariant)};
}

}  // namespace

const IndicatorFamily families::kStochastic = {Columns, MakeIndicator<Stochastic>};

}  // namespace aifx::features
