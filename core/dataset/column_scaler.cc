#include "core/dataset/column_scaler.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace aifx::dataset {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

using features::FeatureMatrix;

// Two passes, with deviations from each column's first value: a constant column has a deviation of
// exactly 0, however large its values are.
void FitStandard(const FeatureMatrix& matrix, absl::Span<const size_t> rows, ColumnScaler& scaler) {
  const size_t columns = matrix.columns;
  std::vector<double> origin(columns, std::nan("")), count(columns), sum(columns), squares(columns);
  for (const size_t r : rows) {
    const absl::Span<const double> row = matrix.Row(r);
    for (size_t c = 0; c < columns; ++c) {
      if (std::isnan(row[c])) continue;
      if (count[c] == 0) origin[c] = row[c];
      sum[c] += row[c] - origin[c];
      ++count[c];
    }
  }
  for (size_t c = 0; c < columns; ++c) {
    if (count[c] > 0) sum[c] /= count[c];
  }
  for (const size_t r : rows) {
    const absl::Span<const double> row = matrix.Row(r);
    for (size_t c = 0; c < columns; ++c) {
      if (std::isnan(row[c])) continue;
      const double difference = row[c] - origin[c] - sum[c];
      squares[c] += difference * difference;
    }
  }
  for (size_t c = 0; c < columns; ++c) {
    if (count[c] == 0) continue;
    scaler.offset[c] = origin[c] + sum[c];
    const double deviation = std::sqrt(squares[c] / count[c]);
    if (deviation > 0) scaler.divisor[c] = deviation;
  }
}

void FitMinMax(const FeatureMatrix& matrix, absl::Span<const size_t> rows, ColumnScaler& scaler) {
  for (size_t c = 0; c < matrix.columns; ++c) {
    double least = kInfinity, most = -kInfinity;
    for (const size_t r : rows) {
      const double value = matrix.values[r * matrix.columns + c];
      if (std::isnan(value)) continue;
      least = std::min(least, value);
      most = std::max(most, value);
    }
    if (least > most) continue;
    scaler.offset[c] = least;
    if (most > least) scaler.divisor[c] = most - least;
  }
}

}  // namespace

ColumnScaler ColumnScaler::Fit(Scaling kind, const FeatureMatrix& matrix,
                               absl::Span<const size_t> rows) {
  ColumnScaler scaler{.kind = kind,
                      .offset = std::vector<double>(matrix.columns, 0.0),
                      .divisor = std::vector<double>(matrix.columns, 1.0),
                      .rows = rows.size()};
  if (kind == Scaling::kStandard) {
    FitStandard(matrix, rows, scaler);
  } else {
    FitMinMax(matrix, rows, scaler);
  }
  return scaler;
}

}  // namespace aifx::dataset
