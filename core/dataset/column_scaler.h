#ifndef AIFX_CORE_DATASET_COLUMN_SCALER_H_
#define AIFX_CORE_DATASET_COLUMN_SCALER_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "core/features/feature_set.h"

namespace aifx::dataset {

enum class Scaling {
  kStandard,  // (x - mean) / population standard deviation
  kMinMax,    // (x - min) / (max - min)
};

// A linear map of each column that is learned from some rows. NaN stays NaN and is not learned
// from. A value type.
struct ColumnScaler {
  Scaling kind = Scaling::kStandard;
  std::vector<double> offset;   // mean or minimum; 0 where a column has no value
  std::vector<double> divisor;  // deviation or span; 1 where a column is constant or has no value
  size_t rows = 0;              // that were learned from

  // Learns from these rows of the matrix, each taken once.
  static ColumnScaler Fit(Scaling kind, const features::FeatureMatrix& matrix,
                          absl::Span<const size_t> rows);

  double Scale(double value, size_t column) const {
    return (value - offset[column]) / divisor[column];
  }
};

}  // namespace aifx::dataset

#endif  // AIFX_CORE_DATASET_COLUMN_SCALER_H_
