#include "core/features/technical/indicator.h"

#include <utility>

namespace aifx::features {

IndicatorColumn PriceColumn(std::string name, std::string formula, size_t first_row, size_t memory,
                            PriceShift shift) {
  return {{std::move(name), ColumnKind::kPrice, PriceScaling::kProportional, shift},
          std::move(formula),
          first_row,
          memory};
}

IndicatorColumn RatioColumn(std::string name, std::string formula, size_t first_row, size_t memory,
                            PriceShift shift) {
  return {{std::move(name), ColumnKind::kPrice, PriceScaling::kInvariant, shift},
          std::move(formula),
          first_row,
          memory};
}

IndicatorColumn EngineColumn(std::string name, ColumnKind kind, std::string formula,
                             size_t memory) {
  return {{std::move(name), kind, PriceScaling::kInvariant, PriceShift::kNone},
          std::move(formula),
          memory - 1,
          memory};
}

}  // namespace aifx::features
