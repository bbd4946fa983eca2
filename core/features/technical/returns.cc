// returns and price_change = close / close[-1] - 1; log_returns = ln(close / close[-1]).
#include <algorithm>
#include <cmath>

#include "core/features/technical/families.h"
#include "core/features/technical/shared_series.h"

namespace aifx::features {
namespace {

class ReturnColumns final : public Indicator {
 public:
  ReturnColumns(Workspace& workspace, Convention, const Wanted&)
      : close_(workspace.close()), returns_(workspace.Shared<Returns>()) {
    close_.RequirePast(1);
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    const double* returns = returns_.values().data() + chunk.begin;
    if (out[0] != nullptr) std::copy_n(returns, chunk.size(), out[0]);
    if (out[1] != nullptr) LogReturns(chunk, returns, out[1]);
    if (out[2] != nullptr) std::copy_n(returns, chunk.size(), out[2]);
  }

 private:
  // ln(c / p) = 2 artanh(z), z = (c - p) / (c + p): four terms of its series are exact to the last
  // bits for returns up to kSmall, where |z| is about half the return, and a loop of them needs no
  // call. The others are computed again.
  void LogReturns(const Chunk& chunk, const double* returns, double* __restrict out) const {
    constexpr double kSmall = 0.01;  // 1 %
    const double* close = close_.data() + chunk.begin;
    const double* previous = close - 1;
    for (size_t i = 0; i < chunk.size(); ++i) {
      const double z = (close[i] - previous[i]) / (close[i] + previous[i]);
      const double s = z * z;
      out[i] = 2 * z * (1 + s * (1.0 / 3 + s * (1.0 / 5 + s * (1.0 / 7))));
    }
    for (size_t i = 0; i < chunk.size(); ++i) {
      if (std::abs(returns[i]) > kSmall) out[i] = std::log(close[i] / previous[i]);
    }
  }

  SeriesBuffer& close_;
  Returns& returns_;
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  if (convention == Convention::kEngine) return {};
  return {RatioColumn("returns", "close/close[-1]-1", 1, 2),
          RatioColumn("log_returns", "log(close/close[-1])", 1, 2),
          RatioColumn("price_change", "close/close[-1]-1", 1, 2)};
}

}  // namespace

const IndicatorFamily families::kReturns = {Columns, MakeIndicator<ReturnColumns>};

}  // namespace aifx::features
