#include "core/features/window_scaling.h"

#include <cmath>

namespace aifx::features {
namespace {

// Keeps a column that stands still at 0.
constexpr double kEpsilon = 1e-8;

void ZScoreColumn(absl::Span<double> window, size_t columns, size_t column) {
  const double rows = static_cast<double>(window.size() / columns);
  // Deviations are taken from the first row, so that a constant column has a mean and deviations of
  // exactly 0.
  const double origin = window[column];
  double mean = 0;
  for (size_t i = column; i < window.size(); i += columns) mean += window[i] - origin;
  mean /= rows;
  double squares = 0;
  for (size_t i = column; i < window.size(); i += columns) {
    const double difference = window[i] - origin - mean;
    squares += difference * difference;
  }
  const double divisor = std::sqrt(squares / rows) + kEpsilon;
  for (size_t i = column; i < window.size(); i += columns) {
    window[i] = (window[i] - origin - mean) / divisor;
  }
}

}  // namespace

void ScaleWindow(WindowScaling scaling, size_t columns, absl::Span<double> window) {
  if (scaling == WindowScaling::kNone) return;
  for (size_t c = 0; c < columns; ++c) ZScoreColumn(window, columns, c);
}

}  // namespace aifx::features
