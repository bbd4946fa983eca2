// open, high, low, close, volume; price_range = high - low; body_size = |close - open|.
#include <algorithm>
#include <cmath>

#include "core/features/technical/families.h"

namespace aifx::features {
namespace {

class Prices final : public Indicator {
 public:
  Prices(Workspace& workspace, Convention, const Wanted&)
      : given_{&workspace.open(), &workspace.high(), &workspace.low(), &workspace.close(),
               &workspace.volume()} {}

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    for (size_t k = 0; k < std::size(given_); ++k) {
      if (out[k] != nullptr) std::copy_n(given_[k]->data() + chunk.begin, chunk.size(), out[k]);
    }
    const double* open = given_[0]->data() + chunk.begin;
    const double* high = given_[1]->data() + chunk.begin;
    const double* low = given_[2]->data() + chunk.begin;
    const double* close = given_[3]->data() + chunk.begin;
    if (double* __restrict range = out[5]) {
      for (size_t i = 0; i < chunk.size(); ++i) range[i] = high[i] - low[i];
    }
    if (double* __restrict body = out[6]) {
      for (size_t i = 0; i < chunk.size(); ++i) body[i] = std::abs(close[i] - open[i]);
    }
  }

 private:
  const SeriesBuffer* given_[5];
};

std::vector<IndicatorColumn> Columns(Convention) {
  std::vector<IndicatorColumn> columns;
  for (const char* name : {"open", "high", "low", "close"}) {
    columns.push_back(PriceColumn(name, name, 0, 1, PriceShift::kFollows));
  }
  columns.push_back(RatioColumn("volume", "volume", 0, 1, PriceShift::kInvariant));
  columns.push_back(PriceColumn("price_range", "high-low", 0, 1, PriceShift::kInvariant));
  columns.push_back(PriceColumn("body_size", "abs(close-open)", 0, 1, PriceShift::kInvariant));
  return columns;
}

}  // namespace

const IndicatorFamily families::kPrices = {Columns, MakeIndicator<Prices>};

}  // namespace aifx::features
