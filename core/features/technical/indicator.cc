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

}  // namespace aifx::features
