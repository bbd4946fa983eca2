#include "core/features/rolling_sum.h"

#include <cassert>

namespace aifx::features {
namespace {

void AddPairs(const double* __restrict half, size_t width, size_t size, double* __restrict out) {
  for (size_t i = 2 * width - 1; i < size; ++i) out[i] = half[i] + half[i - width];
}

void AddPiece(const double* __restrict piece, size_t offset, size_t first, size_t size,
              double* __restrict out) {
  for (size_t i = first; i < size; ++i) out[i] += piece[i - offset];
}

}  // namespace

void WindowSums::Assign(absl::Span<const double> values, size_t longest) {
  assert(values.size() <= kBlockCandles && longest >= 1 && longest <= kLongest);
  values_ = values;
  for (size_t level = 1; (size_t{1} << level) <= longest; ++level) {
    AddPairs(Level(level - 1), size_t{1} << (level - 1), size(), levels_[level - 1].data());
  }
}

void WindowSums::Sum(size_t length, size_t first, absl::Span<double> out) const {
  assert(length >= 1 && length <= kLongest && first + 1 >= length && out.size() >= size());
  size_t covered = 0;
  for (size_t level = 0; (size_t{1} << level) <= length; ++level) {
    const size_t width = size_t{1} << level;
    if ((length & width) == 0) continue;
    const double* piece = Level(level);
    if (covered == 0) {
      for (size_t i = first; i < size(); ++i) out[i] = piece[i];
    } else {
      AddPiece(piece, covered, first, size(), out.data());
    }
    covered += width;
  }
}

void WindowSums::Mean(size_t length, size_t first, absl::Span<double> out) const {
  Sum(length, first, out);
  const double divisor = static_cast<double>(length);
  for (size_t i = first; i < size(); ++i) out[i] /= divisor;
}

}  // namespace aifx::features
