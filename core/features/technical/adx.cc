// adx_14: average directional index (Wilder 1978). +DM is the rise of the high where it is positive
// and larger than the fall of the low, else 0; -DM likewise; DI = 100 mean(DM) / mean(true range);
// DX = 100 |+DI - -DI| / (+DI + -DI); ADX the mean of 14 DX. Reference: simple means of 14, DM and
// with it DX from the first candle on; no movement: NaN. The true range cancels out in DX: where it
// is 0 there is no movement either. TA-Lib: Wilder's sums; a DX without movement is left out.
#include <array>
#include <cmath>

#include "core/features/technical/exponential.h"
#include "core/features/technical/families.h"
#include "core/features/technical/rolling_sums.h"
#include "core/features/technical/shared_series.h"

namespace aifx::features {
namespace {

constexpr size_t kLength = 14;

class DirectionalMoves final : public SharedSeries {
 public:
  explicit DirectionalMoves(Workspace& workspace)
      : up(workspace.NewSeries()),
        down(workspace.NewSeries()),
        high_(workspace.high()),
        low_(workspace.low()) {
    high_.RequirePast(1);
    low_.RequirePast(1);
  }

  void Update(const Chunk& chunk) override {
    const double* high = high_.data();
    const double* low = low_.data();
    double* __restrict plus = up.data();
    double* __restrict minus = down.data();
    for (size_t i = chunk.begin; i < chunk.end; ++i) {
      const double rise = high[i] - high[i - 1];
      const double fall = low[i - 1] - low[i];
      const double positive_rise = rise < 0 ? 0 : rise;  // NaN stays NaN
      const double positive_fall = fall < 0 ? 0 : fall;
      plus[i] = rise <= fall ? 0 : positive_rise;
      minus[i] = fall <= rise ? 0 : positive_fall;
    }
    if (chunk.row == 0) plus[chunk.begin] = minus[chunk.begin] = 0;
  }

  SeriesBuffer& up;
  SeriesBuffer& down;

 private:
  SeriesBuffer& high_;
  SeriesBuffer& low_;
};

class Adx final : public Indicator {
 public:
  Adx(Workspace& workspace, Convention, const Wanted&)
      : moves_(workspace.Shared<DirectionalMoves>()),
        up_(workspace, moves_.up),
        down_(workspace, moves_.down),
        index_(workspace.NewSeries()),
        index_sums_(workspace, index_) {
    for (RollingSums* sums : {&up_, &down_, &index_sums_}) sums->Require(kLength);
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    up_.Update(chunk);
    down_.Update(chunk);
    up_.Sum(kLength, chunk, plus_.data());
    down_.Sum(kLength, chunk, minus_.data());
    double* __restrict dx = index_.data() + chunk.begin;
    for (size_t i = 0; i < chunk.size(); ++i) {
      dx[i] = 100 * std::abs(plus_[i] - minus_[i]) / (plus_[i] + minus_[i]);
    }
    index_sums_.Update(chunk);
    if (out[0] != nullptr) index_sums_.Mean(kLength, chunk, out[0]);
  }

 private:
  DirectionalMoves& moves_;
  RollingSums up_;
  RollingSums down_;
  SeriesBuffer& index_;
  RollingSums index_sums_;
  std::array<double, kChunkRows> plus_;
  std::array<double, kChunkRows> minus_;
};

// TA-Lib keeps Wilder's sums, S = S - S / 14 + x; here they are means, S / 14, which begin with
// rows 1 to 13. DX exists from row 14 on, and its mean from row 27 on.
class TaLibAdx final : public Indicator {
 public:
  TaLibAdx(Workspace& workspace, Convention, const Wanted&)
      : moves_(workspace.Shared<DirectionalMoves>()), ranges_(workspace.Shared<TrueRanges>()) {}

  void Restart() override {
    for (SeededMean* mean : {&up_, &down_, &range_}) mean->Restart();
    adx_ = 0;
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    const size_t size = chunk.size();
    up_.Next(moves_.up.data() + chunk.begin, size, plus_.data());
    down_.Next(moves_.down.data() + chunk.begin, size, minus_.data());
    range_.Next(ranges_.values().data() + chunk.begin, size, mean_range_.data());
    DirectionalIndex(size);
    double* adx = out[0] != nullptr ? out[0] : plus_.data();
    for (size_t i = 0; i < size; ++i) adx[i] = Next(chunk.row + i, mean_range_[i]);
  }

 private:
  // DX into mean_range_; -1 where nothing moved, which TA-Lib leaves out.
  void DirectionalIndex(size_t size) {
    for (size_t i = 0; i < size; ++i) {
      const double range = mean_range_[i];
      const double path = plus_[i] + minus_[i];
      const double index = 100 * std::abs(plus_[i] - minus_[i]) / path;
      const bool still = kLength * range < kTaLibZero || 100 * path < kTaLibZero * range;
      mean_range_[i] = still ? -1 : index;
    }
  }

  double Next(size_t row, double index) {
    const bool counts = !(index < 0);  // NaN does: it must not get lost
    if (row < kLength) return kNan;
    if (row < 2 * kLength) {
      if (counts) adx_ += index * (1.0 / kLength);
    } else if (counts) {
      adx_ = adx_ * (1 - 1.0 / kLength) + index * (1.0 / kLength);
    }
    return adx_;
  }

  DirectionalMoves& moves_;
  TrueRanges& ranges_;
  SeededMean up_{kLength - 1, WilderWeight(kLength), 1, kLength};
  SeededMean down_{kLength - 1, WilderWeight(kLength), 1, kLength};
  SeededMean range_{kLength - 1, WilderWeight(kLength), 1, kLength};
  std::array<double, kChunkRows> plus_;
  std::array<double, kChunkRows> minus_;
  std::array<double, kChunkRows> mean_range_;
  double adx_ = 0;
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  if (convention == Convention::kEngine) return {};
  const bool talib = convention == Convention::kTaLib;
  return {RatioColumn("adx_14", talib ? "adx(14,wilder)" : "adx(14,simple)",
                      talib ? 2 * kLength - 1 : 2 * kLength - 2, talib ? 0 : 2 * kLength,
                      PriceShift::kInvariant)};
}

}  // namespace

const IndicatorFamily families::kAdx = {Columns, MakeByConvention<Adx, TaLibAdx>};

}  // namespace aifx::features
