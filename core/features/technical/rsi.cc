// rsi_n: relative strength index, 100 gain / (gain + loss), gain and loss the means of the rises
// and falls of n closes (the form 100 - 100 / (1 + gain / loss) with one division). Reference:
// simple means, the first difference counts as 0; no movement at all: NaN. TA-Lib: Wilder's
// averages, from the second close on; no movement: 0.
#include "absl/strings/str_cat.h"
#include "core/features/technical/exponential.h"
#include "core/features/technical/families.h"
#include "core/features/technical/rolling_sums.h"
#include "core/features/technical/vector_clones.h"

namespace aifx::features {
namespace {

constexpr size_t kLengths[] = {14, 28};
constexpr size_t kCount = std::size(kLengths);

// NaN stays NaN.
AIFX_VECTOR_CLONES void SplitChanges(const double* close, const double* previous, size_t size,
                                     double* __restrict gain, double* __restrict loss) {
  for (size_t i = 0; i < size; ++i) {
    const double change = close[i] - previous[i];
    gain[i] = change < 0 ? 0 : change;
    loss[i] = change > 0 ? 0 : -change;
  }
}

// From the gains in `rsi`. Gains over themselves are exactly 1.
AIFX_VECTOR_CLONES void Index(const double* losses, size_t size, double* __restrict rsi) {
  for (size_t i = 0; i < size; ++i) rsi[i] = 100 * (rsi[i] / (rsi[i] + losses[i]));
}

// Rises and falls from close to close, both >= 0.
class GainsAndLosses final : public SharedSeries {
 public:
  explicit GainsAndLosses(Workspace& workspace)
      : gains(workspace.NewSeries()), losses(workspace.NewSeries()), close_(workspace.close()) {
    close_.RequirePast(1);
  }

  void Update(const Chunk& chunk) override {
    const double* close = close_.data() + chunk.begin;
    SplitChanges(close, close - 1, chunk.size(), gains.data() + chunk.begin,
                 losses.data() + chunk.begin);
    if (chunk.row == 0) gains.data()[chunk.begin] = losses.data()[chunk.begin] = 0;
  }

  SeriesBuffer& gains;
  SeriesBuffer& losses;

 private:
  SeriesBuffer& close_;
};

class Rsi final : public Indicator {
 public:
  Rsi(Workspace& workspace, Convention, const Wanted& wanted)
      : changes_(workspace.Shared<GainsAndLosses>()),
        gain_sums_(workspace, changes_.gains),
        loss_sums_(workspace, changes_.losses) {
    for (size_t k = 0; k < kCount; ++k) {
      if (!wanted[k]) continue;
      gain_sums_.Require(kLengths[k]);
      loss_sums_.Require(kLengths[k]);
    }
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    gain_sums_.Update(chunk);
    loss_sums_.Update(chunk);
    for (size_t k = 0; k < kCount; ++k) {
      double* rsi = out[k];
      if (rsi == nullptr) continue;
      gain_sums_.Sum(kLengths[k], chunk, rsi);
      loss_sums_.Sum(kLengths[k], chunk, losses_.data());
      Index(losses_.data(), chunk.size(), rsi);
    }
  }

 private:
  GainsAndLosses& changes_;
  RollingSums gain_sums_;
  RollingSums loss_sums_;
  std::array<double, kChunkRows> losses_;
};

class TaLibRsi final : public Indicator {
 public:
  TaLibRsi(Workspace& workspace, Convention, const Wanted&)
      : changes_(workspace.Shared<GainsAndLosses>()) {
    for (const size_t n : kLengths) {
      gains_.emplace_back(n, WilderWeight(n), 1);
      losses_.emplace_back(n, WilderWeight(n), 1);
    }
  }

  void Restart() override {
    for (size_t k = 0; k < kCount; ++k) {
      gains_[k].Restart();
      losses_[k].Restart();
    }
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    for (size_t k = 0; k < kCount; ++k) {
      double* __restrict rsi = out[k];
      if (rsi == nullptr) continue;
      gains_[k].Next(changes_.gains.data() + chunk.begin, chunk.size(), rsi);
      losses_[k].Next(changes_.losses.data() + chunk.begin, chunk.size(), loss_.data());
      for (size_t i = 0; i < chunk.size(); ++i) {
        const double path = rsi[i] + loss_[i];
        rsi[i] = path < kTaLibZero ? 0 : 100 * (rsi[i] / path);
      }
    }
  }

 private:
  GainsAndLosses& changes_;
  std::vector<SeededMean> gains_;
  std::vector<SeededMean> losses_;
  std::array<double, kChunkRows> loss_;
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  if (convention == Convention::kEngine) return {};
  const bool talib = convention == Convention::kTaLib;
  std::vector<IndicatorColumn> columns;
  for (const size_t n : kLengths) {
    columns.push_back(
        RatioColumn(absl::StrCat("rsi_", n),
                    absl::StrCat("rsi(close,", n, ",", talib ? "wilder" : "simple", ")"),
                    talib ? n : n - 1, talib ? 0 : n + 1, PriceShift::kInvariant));
  }
  return columns;
}

}  // namespace

const IndicatorFamily families::kRsi = {Columns, MakeByConvention<Rsi, TaLibRsi>};

}  // namespace aifx::features
