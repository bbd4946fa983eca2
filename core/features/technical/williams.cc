// williams_r_14 = -100 (HH14 - close) / (HH14 - LL14). Flat prices: NaN in the reference, 0 in
// TA-Lib.
#include "core/features/technical/families.h"
#include "core/features/technical/shared_series.h"

namespace aifx::features {
namespace {

class Williams final : public Indicator {
 public:
  Williams(Workspace& workspace, Convention convention, const Wanted&)
      : flat_(convention == Convention::kTaLib ? 0 : kNan),
        close_(workspace.close()),
        extremes_(workspace.Shared<HighLow14>()) {}

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    double* __restrict williams = out[0];
    if (williams == nullptr) return;
    const double* close = close_.data() + chunk.begin;
    const double* highest = extremes_.highest.data() + chunk.begin;
    const double* lowest = extremes_.lowest.data() + chunk.begin;
    const double flat = flat_;
    for (size_t i = 0; i < chunk.size(); ++i) {
      const double range = highest[i] - lowest[i];
      const double value = -100 * (highest[i] - close[i]) / range;
      williams[i] = range == 0 ? flat : value;
    }
  }

 private:
  double flat_;
  SeriesBuffer& close_;
  HighLow14& extremes_;
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  if (convention == Convention::kEngine) return {};
  const std::string flat = convention == Convention::kTaLib ? ",flat=0" : ",flat=nan";
  return {RatioColumn("williams_r_14",
                      "-100*(max(high,14)-close)/(max(high,14)-min(low,14))" + flat, 13, 14,
                      PriceShift::kInvariant)};
}

}  // namespace

const IndicatorFamily families::kWilliams = {Columns, MakeIndicator<Williams>};

}  // namespace aifx::features
