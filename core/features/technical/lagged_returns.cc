// return_1_lag_k = ln(close[-k] / close[-k-1]) / rms(30): the one-bar log return of k candles ago
// in units of the present volatility, the root of the mean of 30 squared one-bar log returns. 0
// where the price stood still.
#include <cmath>

#include "absl/strings/str_cat.h"
#include "core/features/ratio.h"
#include "core/features/technical/families.h"
#include "core/features/technical/rolling_sums.h"
#include "core/features/technical/shared_series.h"

namespace aifx::features {
namespace {

constexpr size_t kLength = 30;
constexpr size_t kLags = 3;

class LaggedReturns final : public Indicator {
 public:
  LaggedReturns(Workspace& workspace, Convention, const Wanted&)
      : log_close_(workspace.Shared<LogClose>().values()),
        squares_(workspace.NewSeries()),
        sums_(workspace, squares_) {
    log_close_.RequirePast(kLags + 1);
    sums_.Require(kLength);
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    const double* log_close = log_close_.data() + chunk.begin;
    const double* previous = log_close - 1;
    double* __restrict squares = squares_.data() + chunk.begin;
    for (size_t i = 0; i < chunk.size(); ++i) {
      const double log_return = log_close[i] - previous[i];
      squares[i] = log_return * log_return;
    }
    sums_.Update(chunk);
    sums_.Mean(kLength, chunk, inverse_.data());
    for (size_t i = 0; i < chunk.size(); ++i) inverse_[i] = InverseOrZero(std::sqrt(inverse_[i]));
    for (size_t k = 0; k < kLags; ++k) {
      double* __restrict lagged = out[k];
      if (lagged == nullptr) continue;
      const double* end = log_close - (k + 1);
      const double* start = end - 1;
      for (size_t i = 0; i < chunk.size(); ++i) lagged[i] = (end[i] - start[i]) * inverse_[i];
    }
  }

 private:
  SeriesBuffer& log_close_;
  SeriesBuffer& squares_;
  RollingSums sums_;
  std::array<double, kChunkRows> inverse_;
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  std::vector<IndicatorColumn> columns;
  if (convention != Convention::kEngine) return columns;
  for (size_t lag = 1; lag <= kLags; ++lag) {
    columns.push_back(EngineColumn(
        absl::StrCat("return_1_lag_", lag), ColumnKind::kPrice,
        absl::StrCat("log(close[-", lag, "]/close[-", lag + 1, "])/rms(30)"), kLength + 1));
  }
  return columns;
}

}  // namespace

const IndicatorFamily families::kLaggedReturns = {Columns, MakeIndicator<LaggedReturns>};

}  // namespace aifx::features
