#include "core/features/scaler.h"

#include <cassert>
#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace aifx::features {
namespace {

absl::StatusOr<std::vector<double>> NumbersFromJson(const nlohmann::json& json, const char* key,
                                                    size_t columns) {
  const auto part = json.find(key);
  if (part == json.end() || !part->is_array()) {
    return absl::InvalidArgumentError(absl::StrCat("scaler.", key, " must be a list of numbers"));
  }
  if (part->size() != columns) {
    return absl::InvalidArgumentError(
        absl::StrCat("scaler.", key, " has ", part->size(), " numbers, needs ", columns));
  }
  std::vector<double> numbers;
  for (const nlohmann::json& element : *part) {
    if (!element.is_number() || !std::isfinite(element.get<double>())) {
      return absl::InvalidArgumentError(
          absl::StrCat("scaler.", key, "[", numbers.size(), "] is not a finite number"));
    }
    numbers.push_back(element.get<double>());
  }
  return numbers;
}

}  // namespace

Scaler Scaler::Fit(const FeatureMatrix& matrix, size_t row_count) {
  assert(row_count > 0 && row_count <= matrix.rows);
  const size_t columns = matrix.columns;
  const double count = static_cast<double>(row_count);
  Scaler scaler{std::vector<double>(columns, 0.0), std::vector<double>(columns, 0.0)};
  // Deviations are taken from the first row: that makes a constant column's deviation exactly 0.
  const absl::Span<const double> origin = matrix.Row(0);
  for (size_t r = 0; r < row_count; ++r) {
    const absl::Span<const double> row = matrix.Row(r);
    for (size_t c = 0; c < columns; ++c) scaler.mean[c] += row[c] - origin[c];
  }
  for (double& mean : scaler.mean) mean /= count;
  for (size_t r = 0; r < row_count; ++r) {
    const absl::Span<const double> row = matrix.Row(r);
    for (size_t c = 0; c < columns; ++c) {
      const double difference = row[c] - origin[c] - scaler.mean[c];
      scaler.deviation[c] += difference * difference;
    }
  }
  for (size_t c = 0; c < columns; ++c) {
    scaler.mean[c] += origin[c];
    const double deviation = std::sqrt(scaler.deviation[c] / count);
    scaler.deviation[c] = deviation > 0 ? deviation : 1.0;
  }
  return scaler;
}

Scaler Scaler::Identity(size_t columns) {
  return {std::vector<double>(columns, 0.0), std::vector<double>(columns, 1.0)};
}

nlohmann::json ToJson(const Scaler& scaler) {
  return {{"mean", scaler.mean}, {"deviation", scaler.deviation}};
}

absl::StatusOr<Scaler> ScalerFromJson(const nlohmann::json& json, size_t columns) {
  if (!json.is_object()) return absl::InvalidArgumentError("scaler must be an object");
  Scaler scaler;
  AIFX_ASSIGN_OR_RETURN(scaler.mean, NumbersFromJson(json, "mean", columns));
  AIFX_ASSIGN_OR_RETURN(scaler.deviation, NumbersFromJson(json, "deviation", columns));
  for (size_t c = 0; c < columns; ++c) {
    if (scaler.deviation[c] > 0) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("scaler.deviation[", c, "] is ", scaler.deviation[c], ", must be > 0"));
  }
  return scaler;
}

}  // namespace aifx::features
