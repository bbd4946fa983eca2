// momentum_n = close / close[-n] - 1; roc_12 = 100 (close / close[-12] - 1).
#include "absl/strings/str_cat.h"
#include "core/features/technical/families.h"
#include "core/features/technical/vector_clones.h"

namespace aifx::features {
namespace {

struct Shape {
  const char* name;
  size_t bars;
  double scale;
};
constexpr Shape kShapes[] = {
    {"momentum_5", 5, 1}, {"momentum_10", 10, 1}, {"momentum_20", 20, 1}, {"roc_12", 12, 100}};

AIFX_VECTOR_CLONES void Change(const double* close, const double* earlier, double scale,
                               size_t size, double* __restrict out) {
  for (size_t i = 0; i < size; ++i) out[i] = (close[i] / earlier[i] - 1.0) * scale;
}

class Momentum final : public Indicator {
 public:
  Momentum(Workspace& workspace, Convention, const Wanted& wanted) : close_(workspace.close()) {
    for (size_t k = 0; k < std::size(kShapes); ++k) {
      if (wanted[k]) close_.RequirePast(kShapes[k].bars);
    }
  }

  void Compute(const Chunk& chunk, absl::Span<double* const> out) override {
    const double* close = close_.data() + chunk.begin;
    for (size_t k = 0; k < std::size(kShapes); ++k) {
      if (out[k] == nullptr) continue;
      Change(close, close - kShapes[k].bars, kShapes[k].scale, chunk.size(), out[k]);
    }
  }

 private:
  SeriesBuffer& close_;
};

std::vector<IndicatorColumn> Columns(Convention convention) {
  if (convention == Convention::kEngine) return {};
  std::vector<IndicatorColumn> columns;
  for (const Shape& shape : kShapes) {
    const std::string change = absl::StrCat("close/close[-", shape.bars, "]-1");
    columns.push_back(RatioColumn(shape.name,
                                  shape.scale == 1 ? change : absl::StrCat("100*(", change, ")"),
                                  shape.bars, shape.bars + 1));
  }
  return columns;
}

}  // namespace

const IndicatorFamily families::kMomentum = {Columns, MakeIndicator<Momentum>};

}  // namespace aifx::features
