#include "core/features/rolling_sum.h"

#include <cassert>

namespace aifx::features {
namespace {

void AddPairs(const double* __restrict half, size_t width, size_t size, double* __restrict out) {
  for (size_t i = 2 * width - 1; i < size; ++i) out[i] = half[i] + half[i - width];
}

// A sum of 2^k values that end `offset` values before the newest of the window.
struct Piece {
  const double* sums;
  size_t offset;
};

// All pieces of a window in one pass, newest first, times `scale`.
template <size_t kPieces>
void JoinPieces(const Piece* pieces, double scale, size_t first, size_t size,
                double* __restrict out) {
  std::array<const double*, kPieces> sums;
  for (size_t k = 0; k < kPieces; ++k) sums[k] = pieces[k].sums + first - pieces[k].offset;
  double* __restrict joined = out + first;
  for (size_t i = 0; i < size - first; ++i) {
    double sum = sums[0][i];
    for (size_t k = 1; k < kPieces; ++k) sum += sums[k][i];
    joined[i] = sum * scale;
  }
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
  ScaledSum(length, 1.0, first, out);
}

void WindowSums::Mean(size_t length, size_t first, absl::Span<double> out) const {
  ScaledSum(length, 1.0 / static_cast<double>(length), first, out);
}

void WindowSums::ScaledSum(size_t length, double scale, size_t first,
                           absl::Span<double> out) const {
  assert(length >= 1 && length <= kLongest && first + 1 >= length && out.size() >= size());
  if (first >= size()) return;
  std::array<Piece, kLevels> pieces;
  size_t count = 0;
  size_t covered = 0;
  for (size_t level = 0; level < kLevels; ++level) {
    const size_t width = size_t{1} << level;
    if ((length & width) == 0) continue;
    pieces[count++] = {Level(level), covered};
    covered += width;
  }
  using Join = void (*)(const Piece*, double, size_t, size_t, double*);
  static constexpr Join kJoin[kLevels] = {JoinPieces<1>, JoinPieces<2>, JoinPieces<3>,
                                          JoinPieces<4>, JoinPieces<5>, JoinPieces<6>};
  kJoin[count - 1](pieces.data(), scale, first, size(), out.data());
}

}  // namespace aifx::features
