// volume_sma_20 = mean of 20 volumes; volume_ratio = volume / (volume_sma_20 + 1e-10). NaN where a
// candle of the window has no volume.
#include "core/features/technical/families.h"
#include "core/features/technical/rolling_sums.h"

namespace aifx::features {
namespace {

constexpr size_t kLength = 20;

class Volume final : public Indicator {
 public:
  Volume(Workspace& workspace, Convention, const Wanted&)
      : volume_(workspace.volume()), sums_(workspace, workspace.volume()) {
    sums_.Require(kLength);
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    sums_.Update(chunk);
    double* mean = out[0] != nullptr ? out[0] : mean_.data();
    sums_.Mean(kLength, chunk, mean);
    if (double* __restrict ratio = out[1]) {
      const double* volume = volume_.data() + chunk.begin;
      for (size_t i = 0; i < chunk.size(); ++i) ratio[i] = volume[i] / (mean[i] + 1e-10);
    }
  }

 private:
  SeriesBuffer& volume_;
  RollingSums sums_;
  std::array<double, kChunkRows> mean_;
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  if (convention == Convention::kEngine) return {};
  constexpr auto kInvariant = PriceShift::kInvariant;
  return {RatioColumn("volume_sma_20", "sma(volume,20)", kLength - 1, kLength, kInvariant),
          RatioColumn("volume_ratio", "volume/(sma(volume,20)+1e-10)", kLength - 1, kLength,
                      kInvariant)};
}

}  // namespace

const IndicatorFamily families::kVolume = {Columns, MakeIndicator<Volume>};

}  // namespace aifx::features
