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
constexpr size_t kLastSeed = kSlow + kSignal - 2;  // the row in which TA-Lib's signal begins

// The newest of the three means.
struct Means {
  double fast = 0;
  double slow = 0;
  double signal = 0;
};

// Where the columns of a chunk go.
struct Out {
  double* macd;
  double* signal;
  double* hist;
};

// Rows [begin, size). Three means in one loop: each waits for its own last value only.
void Run(const double* close, size_t begin, size_t size, const Out& out, Means& means) {
  constexpr double kFastWeight = SpanWeight(kFast);
  constexpr double kSlowWeight = SpanWeight(kSlow);
  constexpr double kSignalWeight = SpanWeight(kSignal);
  double fast = means.fast, slow = means.slow, signal = means.signal;
  for (size_t i = begin; i < size; ++i) {
    fast = kFastWeight * close[i] + (1 - kFastWeight) * fast;
    slow = kSlowWeight * close[i] + (1 - kSlowWeight) * slow;
    const double macd = fast - slow;
    signal = kSignalWeight * macd + (1 - kSignalWeight) * signal;
    out.macd[i] = macd;
    out.signal[i] = signal;
    out.hist[i] = macd - signal;
  }
  means = {fast, slow, signal};
}

class Macd final : public Indicator {
 public:
  Macd(Workspace& workspace, Convention convention, const Wanted&)
      : close_(workspace.close()), seeded_(convention == Convention::kTaLib) {}

  void Restart() override {
    fast_.Restart();
    slow_.Restart();
    signal_.Restart();
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    const double* close = close_.data() + chunk.begin;
    const auto to = [&](size_t k) { return out[k] != nullptr ? out[k] : unwanted_[k].data(); };
    const Out columns{to(0), to(1), to(2)};
    size_t i = 0;
    if (seeded_) {
      for (; i < chunk.size() && chunk.row + i <= kLastSeed; ++i) Seed(close[i], i, columns);
    } else if (chunk.row == 0) {
      means_ = {close[0], close[0], 0};
    }
    Run(close, i, chunk.size(), columns, means_);
  }

 private:
  void Seed(double close, size_t i, const Out& out) {
    means_.fast = fast_.Next(close);
    means_.slow = slow_.Next(close);
    out.macd[i] = means_.fast - means_.slow;
    out.signal[i] = means_.signal = signal_.Next(out.macd[i]);
    out.hist[i] = out.macd[i] - out.signal[i];
  }

  const SeriesBuffer& close_;
  const bool seeded_;
  Means means_;
  SeededMean fast_{kFast, SpanWeight(kFast), kSlow - kFast};
  SeededMean slow_{kSlow, SpanWeight(kSlow), 0};
  SeededMean signal_{kSignal, SpanWeight(kSignal), kSlow - 1};
  std::array<std::array<double, kChunkRows>, 3> unwanted_;
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  if (convention == Convention::kEngine) return {};
  const bool talib = convention == Convention::kTaLib;
  const std::string seed = talib ? ",seed=sma" : ",seed=first";
  const size_t first = talib ? kLastSeed : 0;
  constexpr auto kInvariant = PriceShift::kInvariant;
  return {PriceColumn("macd", "ema(close,12" + seed + ")-ema(close,26" + seed + ")", first, 0,
                      kInvariant),
          PriceColumn("macd_signal", "ema(macd,9" + seed + ")", first, 0, kInvariant),
          PriceColumn("macd_hist", "macd-macd_signal", first, 0, kInvariant)};
}

}  // namespace

const IndicatorFamily families::kMacd = {Columns, MakeIndicator<Macd>};

}  // namespace aifx::features
