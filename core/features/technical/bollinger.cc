// Bollinger bands of 20 closes: sma_20 +- 2 standard deviations, and their width over sma_20.
// Reference: sample deviation. TA-Lib: population deviation.
#include "core/features/technical/families.h"
#include "core/features/technical/shared_series.h"

namespace aifx::features {
namespace {

constexpr size_t kLength = 20;

// Squared deviations of closes.
class CloseSquares final : public SharedSeries {
 public:
  explicit CloseSquares(Workspace& workspace)
      : squares(workspace, workspace.Shared<CloseSums>().sums) {
    squares.Require(kLength);
  }
  void Update(const Chunk& chunk) override { squares.Update(chunk); }

  RollingSquares squares;
};

class Bollinger final : public Indicator {
 public:
  Bollinger(Workspace& workspace, Convention convention, const Wanted&)
      : divisor_(convention == Convention::kTaLib ? kLength : kLength - 1),
        squares_(workspace.Shared<CloseSquares>().squares),
        sums_(workspace.Shared<CloseSums>().sums) {
    sums_.Require(kLength);
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    const size_t size = chunk.size();
    sums_.Mean(kLength, chunk, mean_.data());
    squares_.Deviation(kLength, divisor_, chunk, deviation_.data());
    const double* mean = mean_.data();
    const double* deviation = deviation_.data();
    if (double* __restrict upper = out[0]) {
      for (size_t i = 0; i < size; ++i) upper[i] = mean[i] + 2 * deviation[i];
    }
    if (double* __restrict lower = out[1]) {
      for (size_t i = 0; i < size; ++i) lower[i] = mean[i] - 2 * deviation[i];
    }
    // Not from the bands: upper - lower would lose the digits that they share.
    if (double* __restrict width = out[2]) {
      for (size_t i = 0; i < size; ++i) width[i] = 4 * deviation[i] / mean[i];
    }
  }

 private:
  size_t divisor_;
  RollingSquares& squares_;
  RollingSums& sums_;
  std::array<double, kChunkRows> mean_;
  std::array<double, kChunkRows> deviation_;
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  if (convention == Convention::kEngine) return {};
  const std::string std =
      convention == Convention::kTaLib ? "std(close,20,ddof=0)" : "std(close,20,ddof=1)";
  constexpr auto kFollows = PriceShift::kFollows;
  return {PriceColumn("bb_upper_20", "sma(close,20)+2*" + std, 19, 20, kFollows),
          PriceColumn("bb_lower_20", "sma(close,20)-2*" + std, 19, 20, kFollows),
          RatioColumn("bb_width_20", "4*" + std + "/sma(close,20)", 19, 20)};
}

}  // namespace

const IndicatorFamily families::kBollinger = {Columns, MakeIndicator<Bollinger>};

}  // namespace aifx::features
