#include "core/features/finite.h"

#include <cmath>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace aifx::features {

bool SumIsFinite(absl::Span<const double> values) {
  // Four sums, so that additions overlap.
  double a = 0, b = 0, c = 0, d = 0;
  size_t i = 0;
  for (; i + 4 <= values.size(); i += 4) {
    a += values[i];
    b += values[i + 1];
    c += values[i + 2];
    d += values[i + 3];
  }
  for (; i < values.size(); ++i) a += values[i];
  return std::isfinite((a + b) + (c + d));
}

absl::Status CheckFinite(const FeatureSet& set, const FeatureMatrix& matrix) {
  for (size_t i = 0; i < matrix.values.size(); ++i) {
    if (std::isfinite(matrix.values[i])) continue;
    const size_t candle = i / matrix.columns + set.warm_up();
    return absl::InternalError(absl::StrCat("feature set ", set.name(), ": column ",
                                            set.columns()[i % matrix.columns].name, " at candles[",
                                            candle, "] is ", matrix.values[i], ", not finite"));
  }
  return absl::OkStatus();
}

}  // namespace aifx::features
