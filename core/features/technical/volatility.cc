// volatility_n: standard deviation of n one-bar returns. Reference: sample. TA-Lib: population.
#include "absl/strings/str_cat.h"
#include "core/features/technical/families.h"
#include "core/features/technical/shared_series.h"

namespace aifx::features {
namespace {

constexpr size_t kLengths[] = {10, 20, 30};

class Volatility final : public Indicator {
 public:
  Volatility(Workspace& workspace, Convention convention, const Wanted& wanted)
      : lost_(convention == Convention::kTaLib ? 0 : 1),
        sums_(workspace, workspace.Shared<Returns>().values()),
        squares_(workspace, sums_) {
    for (size_t k = 0; k < std::size(kLengths); ++k) {
      if (wanted[k]) squares_.Require(kLengths[k]);
    }
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    sums_.Update(chunk);
    squares_.Update(chunk);
    for (size_t k = 0; k < std::size(kLengths); ++k) {
      if (out[k] != nullptr) squares_.Deviation(kLengths[k], kLengths[k] - lost_, chunk, out[k]);
    }
  }

 private:
  size_t lost_;  // degrees of freedom
  RollingSums sums_;
  RollingSquares squares_;
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  if (convention == Convention::kEngine) return {};
  const char* end = convention == Convention::kTaLib ? ",ddof=0)" : ",ddof=1)";
  std::vector<IndicatorColumn> columns;
  for (const size_t n : kLengths) {
    columns.push_back(RatioColumn(absl::StrCat("volatility_", n),
                                  absl::StrCat("std(close/close[-1]-1,", n, end), n, n + 1));
  }
  return columns;
}

}  // namespace

const IndicatorFamily families::kVolatility = {Columns, MakeIndicator<Volatility>};

}  // namespace aifx::features
