// atr_14: average true range of 14 candles. Reference: simple mean, the first true range being
// high - low. TA-Lib: Wilder's average, from the second candle on.
#include "core/features/technical/exponential.h"
#include "core/features/technical/families.h"
#include "core/features/technical/shared_series.h"

namespace aifx::features {
namespace {

constexpr size_t kLength = 14;

class Atr final : public Indicator {
 public:
  Atr(Workspace& workspace, Convention, const Wanted&)
      : sums_(workspace, workspace.Shared<TrueRanges>().values()) {
    sums_.Require(kLength);
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    sums_.Update(chunk);
    if (out[0] != nullptr) sums_.Mean(kLength, chunk, out[0]);
  }

 private:
  RollingSums sums_;
};

class TaLibAtr final : public Indicator {
 public:
  TaLibAtr(Workspace& workspace, Convention, const Wanted&)
      : ranges_(workspace.Shared<TrueRanges>()) {}

  void Restart() override { mean_.Restart(); }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    if (out[0] != nullptr) {
      mean_.Next(ranges_.values().data() + chunk.begin, chunk.size(), out[0]);
    }
  }

 private:
  TrueRanges& ranges_;
  SeededMean mean_{kLength, WilderWeight(kLength), 1};
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  if (convention == Convention::kEngine) return {};
  const bool talib = convention == Convention::kTaLib;
  return {PriceColumn("atr_14", talib ? "atr(14,wilder)" : "atr(14,simple)",
                      talib ? kLength : kLength - 1, talib ? 0 : kLength + 1,
                      PriceShift::kInvariant)};
}

}  // namespace

const IndicatorFamily families::kAtr = {Columns, MakeByConvention<Atr, TaLibAtr>};

}  // namespace aifx::features
