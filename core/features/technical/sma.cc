// sma_n: mean of the last n closes.
#include "absl/strings/str_cat.h"
#include "core/features/technical/families.h"
#include "core/features/technical/shared_series.h"

namespace aifx::features {
namespace {

constexpr size_t kLengths[] = {5, 10, 20, 50, 100, 200};

class Sma final : public Indicator {
 public:
  Sma(Workspace& workspace, Convention, const Wanted& wanted)
      : sums_(workspace.Shared<CloseSums>().sums) {
    for (size_t k = 0; k < std::size(kLengths); ++k) {
      if (wanted[k]) sums_.Require(kLengths[k]);
    }
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    for (size_t k = 0; k < std::size(kLengths); ++k) {
      if (out[k] != nullptr) sums_.Mean(kLengths[k], chunk, out[k]);
    }
  }

 private:
  RollingSums& sums_;
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  if (convention == Convention::kEngine) return {};
  std::vector<IndicatorColumn> columns;
  for (const size_t n : kLengths) {
    columns.push_back(PriceColumn(absl::StrCat("sma_", n), absl::StrCat("sma(close,", n, ")"),
                                  n - 1, n, PriceShift::kFollows));
  }
  return columns;
}

}  // namespace

const IndicatorFamily families::kSma = {Columns, MakeIndicator<Sma>};

}  // namespace aifx::features
