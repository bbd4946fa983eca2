#include "core/features/technical/rolling_squares.h"

#include <array>
#include <cassert>
#include <cmath>

#include "core/features/technical/vector_clones.h"

namespace aifx::features {
namespace {

// A window grows by the piece before it: with a and b rows in each,
// squares += piece's squares + (mean - piece's mean)^2 a b / (a + b).
struct JoinedPiece {
  const double* sums;
  const double* squares;
  double inverse_covered;  // 1 / a
  double inverse_width;    // 1 / b
  double weight;           // a b / (a + b)
};

using Pieces = std::array<JoinedPiece, WindowPieces::kMost>;

template <size_t kPieces>
AIFX_INLINE_KERNEL void Join(const Pieces& pieces, double scale, size_t size,
                             double* __restrict out) {
  std::array<JoinedPiece, kPieces> piece;  // a copy that the compiler keeps in registers
  for (size_t k = 0; k < kPieces; ++k) piece[k] = pieces[k];
  for (size_t i = 0; i < size; ++i) {
    double sum = piece[0].sums[i];
    double squares = piece[0].squares[i];
    for (size_t k = 1; k < kPieces; ++k) {
      const double difference =
          sum * piece[k].inverse_covered - piece[k].sums[i] * piece[k].inverse_width;
      squares += piece[k].squares[i] + difference * difference * piece[k].weight;
      sum += piece[k].sums[i];
    }
    out[i] = std::sqrt(squares * scale);
  }
}

AIFX_VECTOR_CLONES void JoinPieces(const Pieces& pieces, size_t count, double scale, size_t size,
                                   double* out) {
  switch (count) {
    case 1:
      return Join<1>(pieces, scale, size, out);
    case 2:
      return Join<2>(pieces, scale, size, out);
    case 3:
      return Join<3>(pieces, scale, size, out);
    default:
      return Join<4>(pieces, scale, size, out);
  }
}

// Of pairs of values: half their squared difference.
AIFX_VECTOR_CLONES void SquarePairs(const double* newer, const double* older, size_t size,
                                    double* __restrict out) {
  for (size_t i = 0; i < size; ++i) {
    const double difference = newer[i] - older[i];
    out[i] = difference * difference * 0.5;
  }
}

// Of two halves, from their sums and squares; `older` is `newer` some rows ago.
AIFX_VECTOR_CLONES void JoinHalves(const double* newer_sum, const double* older_sum,
                                   const double* newer, const double* older, double weight,
                                   size_t size, double* __restrict out) {
  for (size_t i = 0; i < size; ++i) {
    const double difference = newer_sum[i] - older_sum[i];
    out[i] = newer[i] + older[i] + difference * difference * weight;
  }
}

}  // namespace

RollingSquares::RollingSquares(Workspace& workspace, RollingSums& sums)
    : workspace_(workspace), sums_(sums) {}

void RollingSquares::Require(size_t length) {
  assert(length >= 2 && length % 2 == 0);
  sums_.Require(length);
  const WindowPieces pieces(length);
  while (levels_.size() < pieces.piece[pieces.count - 1].level) {
    if (!levels_.empty()) levels_.back()->RequirePast(size_t{1} << levels_.size());
    levels_.push_back(&workspace_.NewSeries());
  }
  for (size_t k = 0; k < pieces.count; ++k) {
    levels_[pieces.piece[k].level - 1]->RequirePast(pieces.piece[k].offset);
  }
}

void RollingSquares::Update(const Chunk& chunk) {
  for (size_t level = 1; level <= levels_.size(); ++level) {
    const size_t half_width = size_t{1} << (level - 1);
    const double* sums = sums_.Level(level - 1) + chunk.begin;
    double* out = levels_[level - 1]->data() + chunk.begin;
    if (level == 1) {
      SquarePairs(sums, sums - 1, chunk.size(), out);
      continue;
    }
    const double* squares = Level(level - 1) + chunk.begin;
    JoinHalves(sums, sums - half_width, squares, squares - half_width,
               0.5 / static_cast<double>(half_width), chunk.size(), out);
  }
}

void RollingSquares::Deviation(size_t length, size_t divisor, const Chunk& chunk,
                               double* out) const {
  const WindowPieces pieces(length);
  Pieces joined;
  for (size_t k = 0; k < pieces.count; ++k) {
    const auto [level, offset] = pieces.piece[k];
    const double covered = static_cast<double>(offset);
    const double width = static_cast<double>(size_t{1} << level);
    joined[k] = {sums_.Level(level) + chunk.begin - offset, Level(level) + chunk.begin - offset,
                 offset == 0 ? 0 : 1 / covered, 1 / width, covered * width / (covered + width)};
  }
  JoinPieces(joined, pieces.count, 1 / static_cast<double>(divisor), chunk.size(), out);
}

}  // namespace aifx::features
