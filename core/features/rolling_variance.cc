#include "core/features/rolling_variance.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/features/block.h"

namespace aifx::features {
namespace {

// Squared deviations of 2 * width values from those of both halves.
void JoinHalves(const double* __restrict half_sum, const double* __restrict half, size_t width,
                size_t size, double* __restrict out) {
  const double weight = 0.5 / static_cast<double>(width);
  for (size_t i = 2 * width - 1; i < size; ++i) {
    const double difference = half_sum[i] - half_sum[i - width];
    out[i] = half[i] + half[i - width] + difference * difference * weight;
  }
}

// Extends windows of `covered` values (sum, squared) by the piece of `width` values before them.
void JoinPiece(const double* __restrict piece_sum, const double* __restrict piece, size_t width,
               size_t covered, size_t first, size_t size, double* __restrict sum,
               double* __restrict squared) {
  const double a = static_cast<double>(covered);
  const double b = static_cast<double>(width);
  const double weight = a * b / (a + b);
  for (size_t i = first; i < size; ++i) {
    const double difference = sum[i] / a - piece_sum[i - covered] / b;
    squared[i] += piece[i - covered] + difference * difference * weight;
    sum[i] += piece_sum[i - covered];
  }
}

}  // namespace

void RollingVariance(const WindowSums& sums, size_t length, size_t first, absl::Span<double> out) {
  const size_t size = sums.size();
  assert(length >= 2 && length <= WindowSums::kLongest && first + 1 >= length);
  Series buffers[2];
  double* squared = buffers[0].data();  // of windows of the current level's width
  double* next = buffers[1].data();
  std::fill_n(squared, size, 0.0);
  Series sum;
  size_t covered = 0;
  for (size_t level = 0; (size_t{1} << level) <= length; ++level) {
    const size_t width = size_t{1} << level;
    if ((length & width) != 0) {
      if (covered == 0) {
        std::copy(squared + first, squared + size, out.data() + first);
        std::copy(sums.Level(level) + first, sums.Level(level) + size, sum.data() + first);
      } else {
        JoinPiece(sums.Level(level), squared, width, covered, first, size, sum.data(), out.data());
      }
      covered += width;
    }
    if (2 * width > length) break;
    JoinHalves(sums.Level(level), squared, width, size, next);
    std::swap(squared, next);
  }
  const double scale = 1.0 / static_cast<double>(length - 1);
  for (size_t i = first; i < size; ++i) out[i] *= scale;
}

}  // namespace aifx::features
