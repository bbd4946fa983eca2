// ema_n: exponential mean of closes of span n, weight 2 / (n + 1). Reference: from the first close
// on (pandas: ewm(span=n, adjust=False)). TA-Lib: from the simple mean of the first n closes on.
#include "absl/strings/str_cat.h"
#include "core/features/technical/exponential.h"
#include "core/features/technical/families.h"

namespace aifx::features {
namespace {

constexpr size_t kLengths[] = {5, 10, 20, 50, 100, 200, 12, 26};
constexpr size_t kCount = std::size(kLengths);

class Ema final : public Indicator {
 public:
  Ema(Workspace& workspace, Convention, const Wanted& wanted) : close_(workspace.close()) {
    for (size_t k = 0; k < kCount; ++k) {
      if (!wanted[k]) continue;
      weight_[count_] = SpanWeight(kLengths[k]);
      column_[count_++] = k;
    }
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    const double* close = close_.data() + chunk.begin;
    // The first value: weight * close + (1 - weight) * close is the close but for its last bit.
    if (chunk.row == 0) mean_.fill(close[0]);
    std::array<double*, kCount> to;
    for (size_t k = 0; k < count_; ++k) to[k] = out[column_[k]];
    using Run = void (*)(const double*, size_t, const double*, double*, double* const*);
    static constexpr Run kRun[] = {ExponentialMeans<1>, ExponentialMeans<2>, ExponentialMeans<3>,
                                   ExponentialMeans<4>, ExponentialMeans<5>, ExponentialMeans<6>,
                                   ExponentialMeans<7>, ExponentialMeans<8>};
    kRun[count_ - 1](close, chunk.size(), weight_.data(), mean_.data(), to.data());
  }

 private:
  const SeriesBuffer& close_;
  size_t count_ = 0;
  std::array<size_t, kCount> column_;
  std::array<double, kCount> weight_;
  std::array<double, kCount> mean_;
};

class TaLibEma final : public Indicator {
 public:
  TaLibEma(Workspace& workspace, Convention, const Wanted&) : close_(workspace.close()) {
    for (const size_t n : kLengths) means_.emplace_back(n, SpanWeight(n), 0);
  }

  void Restart() override {
    for (SeededMean& mean : means_) mean.Restart();
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    for (size_t k = 0; k < kCount; ++k) {
      if (out[k] != nullptr) means_[k].Next(close_.data() + chunk.begin, chunk.size(), out[k]);
    }
  }

 private:
  const SeriesBuffer& close_;
  std::vector<SeededMean> means_;
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  if (convention == Convention::kEngine) return {};
  const bool talib = convention == Convention::kTaLib;
  std::vector<IndicatorColumn> columns;
  for (const size_t n : kLengths) {
    columns.push_back(
        PriceColumn(absl::StrCat("ema_", n),
                    absl::StrCat("ema(close,", n, ",seed=", talib ? "sma" : "first", ")"),
                    talib ? n - 1 : 0, 0, PriceShift::kFollows));
  }
  return columns;
}

}  // namespace

const IndicatorFamily families::kEma = {Columns, MakeByConvention<Ema, TaLibEma>};

}  // namespace aifx::features
