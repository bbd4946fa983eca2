#ifndef AIFX_CORE_FEATURES_SCALER_H_
#define AIFX_CORE_FEATURES_SCALER_H_

#include <cstddef>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/features/feature_set.h"

namespace aifx::features {

// Standardization, column by column: (x - mean) / deviation. Fitted on training rows only and kept
// in the model. A value type.
struct Scaler {
  std::vector<double> mean;
  std::vector<double> deviation;  // population standard deviation; 1 where a column is constant

  // Fits on rows [0, row_count) of the matrix. REQUIRES: 0 < row_count <= matrix.rows.
  static Scaler Fit(const FeatureMatrix& matrix, size_t row_count);

  // Changes nothing: for sets whose windows are scaled one by one.
  static Scaler Identity(size_t columns);
};

// {"mean": [...], "deviation": [...]}
nlohmann::json ToJson(const Scaler& scaler);
// InvalidArgument, naming the key, for a missing or odd-sized part or a deviation that is not > 0.
absl::StatusOr<Scaler> ScalerFromJson(const nlohmann::json& json, size_t columns);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_SCALER_H_
