// macd = ema12 - ema26 of closes; macd_signal = its exponential mean of span 9; macd_hist = the
// difference. Reference: every mean from its first value on. TA-Lib: both means of closes start at
// row 25 from the simple mean of the 12 (26) closes up to it, the signal from that of its first 9
// values; all three columns begin with the signal.
#include "core/features/technical/exponential.h"
#include "core/features/technical/families.h"

namespace aifx::features {
namespace {

constexpr size_t kFast = 12;
constexpr size_t kSlow = 26;
constexpr size_t kSignal = 9;

class Macd final : public Indicator {
 public:
  Macd(Workspace& workspace, Convention, const Wanted&) : close_(workspace.close()) {}

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    const double* close = close_.data() + chunk.begin;
    double* __restrict macd = out[0] != nullptr ? out[0] : unwanted_[0].data();
    double* __restrict signal_out = out[1] != nullptr ? out[1] : unwanted_[1].data();
    double* __restrict hist = out[2] != nullptr ? out[2] : unwanted_[2].data();
    constexpr double kFastWeight = SpanWeight(kFast);
    constexpr double kSlowWeight = SpanWeight(kSlow);
    constexpr double kSignalWeight = SpanWeight(kSignal);
    if (chunk.row == 0) {
      fast_ = slow_ = close[0];
      signal_ = 0;
    }
    double fast = fast_, slow = slow_, signal = signal_;
    for (size_t i = 0; i < chunk.size(); ++i) {
      fast = kFastWeight * close[i] + (1 - kFastWeight) * fast;
      slow = kSlowWeight * close[i] + (1 - kSlowWeight) * slow;
      const double difference = fast - slow;
      signal = kSignalWeight * difference + (1 - kSignalWeight) * signal;
      macd[i] = difference;
      signal_out[i] = signal;
      hist[i] = difference - signal;
    }
    fast_ = fast;
    slow_ = slow;
    signal_ = signal;
  }

 private:
  const SeriesBuffer& close_;
  double fast_ = 0, slow_ = 0, signal_ = 0;
  std::array<std::array<double, kChunkRows>, 3> unwanted_;
};

class TaLibMacd final : public Indicator {
 public:
  TaLibMacd(Workspace& workspace, Convention, const Wanted&) : close_(workspace.close()) {}

  void Restart() override {
    fast_.Restart();
    slow_.Restart();
    signal_.Restart();
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    const double* close = close_.data() + chunk.begin;
    for (size_t i = 0; i < chunk.size(); ++i) {
      const double macd = fast_.Next(close[i]) - slow_.Next(close[i]);
      const double signal = signal_.Next(macd);
      if (out[0] != nullptr) out[0][i] = macd;
      if (out[1] != nullptr) out[1][i] = signal;
      if (out[2] != nullptr) out[2][i] = macd - signal;
    }
  }

 private:
  const SeriesBuffer& close_;
  SeededMean fast_{kFast, SpanWeight(kFast), kSlow - kFast};
  SeededMean slow_{kSlow, SpanWeight(kSlow), 0};
  SeededMean signal_{kSignal, SpanWeight(kSignal), kSlow - 1};
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  if (convention == Convention::kEngine) return {};
  const bool talib = convention == Convention::kTaLib;
  const std::string seed = talib ? ",seed=sma" : ",seed=first";
  const size_t first = talib ? kSlow - 1 + kSignal - 1 : 0;
  constexpr auto kInvariant = PriceShift::kInvariant;
  return {PriceColumn("macd", "ema(close,12" + seed + ")-ema(close,26" + seed + ")", first, 0,
                      kInvariant),
          PriceColumn("macd_signal", "ema(macd,9" + seed + ")", first, 0, kInvariant),
          PriceColumn("macd_hist", "macd-macd_signal", first, 0, kInvariant)};
}

absl::StatusOr<std::unique_ptr<Indicator>> Make(Workspace& workspace, Convention convention,
                                                const Wanted& wanted) {
  if (convention == Convention::kTaLib) {
    return MakeIndicator<TaLibMacd>(workspace, convention, wanted);
  }
  return MakeIndicator<Macd>(workspace, convention, wanted);
}

}  // namespace

const IndicatorFamily families::kMacd = {Columns, Make};

}  // namespace aifx::features
