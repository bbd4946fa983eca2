// cci_20 = (TP - mean) / (0.015 mean absolute deviation) over 20 candles, TP = (high+low+close)/3.
// Flat prices: NaN in the reference, 0 in TA-Lib.
#include <cmath>

#include "core/features/technical/families.h"
#include "core/features/technical/rolling_sums.h"

namespace aifx::features {
namespace {

constexpr size_t kLength = 20;

class Cci final : public Indicator {
 public:
  Cci(Workspace& workspace, Convention convention, const Wanted&)
      : flat_(convention == Convention::kTaLib ? 0 : kNan),
        high_(workspace.high()),
        low_(workspace.low()),
        close_(workspace.close()),
        typical_(workspace.NewSeries()),
        sums_(workspace, typical_) {
    sums_.Require(kLength);
    typical_.RequirePast(kLength - 1);
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    const double* high = high_.data();
    const double* low = low_.data();
    const double* close = close_.data();
    double* __restrict typical = typical_.data();
    for (size_t i = chunk.begin; i < chunk.end; ++i) {
      typical[i] = (high[i] + low[i] + close[i]) / 3;
    }
    sums_.Update(chunk);
    if (out[0] == nullptr) return;
    Means(chunk);
    Index(chunk, out[0]);
  }

 private:
  // 20 = 4 + 16, whose means are exact for equal values: so is this one, and flat prices give
  // exactly no deviation.
  void Means(const Chunk& chunk) {
    const double* newer = sums_.Level(2) + chunk.begin;
    const double* older = sums_.Level(4) + chunk.begin - 4;
    double* __restrict mean = mean_.data();
    for (size_t i = 0; i < chunk.size(); ++i) {
      const double recent = newer[i] * 0.25;
      mean[i] = recent + (older[i] * 0.0625 - recent) * 0.8;
    }
  }

  void Index(const Chunk& chunk, double* __restrict out) const {
    const double* typical = typical_.data() + chunk.begin;
    const double* mean = mean_.data();
    const double flat = flat_;
    constexpr double kScale = kLength / 0.015;
    for (size_t i = 0; i < chunk.size(); ++i) {
      double deviations = 0;
      for (size_t k = 0; k < kLength; ++k) {
        deviations += std::abs(*(typical + i - k) - mean[i]);
      }
      const double value = (typical[i] - mean[i]) * kScale / deviations;
      out[i] = deviations == 0 ? flat : value;
    }
  }

  double flat_;
  SeriesBuffer& high_;
  SeriesBuffer& low_;
  SeriesBuffer& close_;
  SeriesBuffer& typical_;
  RollingSums sums_;
  std::array<double, kChunkRows> mean_;
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  if (convention == Convention::kEngine) return {};
  const std::string flat = convention == Convention::kTaLib ? ",flat=0" : ",flat=nan";
  return {RatioColumn("cci_20", "(tp-sma(tp,20))/(0.015*mad(tp,20)),tp=(high+low+close)/3" + flat,
                      kLength - 1, kLength, PriceShift::kInvariant)};
}

}  // namespace

const IndicatorFamily families::kCci = {Columns, MakeIndicator<Cci>};

}  // namespace aifx::features
