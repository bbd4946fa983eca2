#include "core/features/technical/rolling_sums.h"

#include <cassert>

#include "core/features/technical/vector_clones.h"

namespace aifx::features {
namespace {

// newer and older are the same series, some rows apart.
AIFX_VECTOR_CLONES void AddPairs(const double* newer, const double* older, size_t size,
                                 double* __restrict out) {
  for (size_t i = 0; i < size; ++i) out[i] = newer[i] + older[i];
}

using Pieces = std::array<const double*, WindowPieces::kMost>;

template <size_t kPieces>
AIFX_INLINE_KERNEL void Join(const Pieces& piece, double scale, size_t size,
                             double* __restrict out) {
  std::array<const double*, kPieces> sums;  // a copy that the compiler keeps in registers
  for (size_t k = 0; k < kPieces; ++k) sums[k] = piece[k];
  for (size_t i = 0; i < size; ++i) {
    double sum = sums[0][i];
    for (size_t k = 1; k < kPieces; ++k) sum += sums[k][i];
    out[i] = sum * scale;
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

}  // namespace

WindowPieces::WindowPieces(size_t length) {
  assert(length >= 1 && length <= kLongestPast);
  size_t covered = 0;
  for (size_t level = 0; (length >> level) != 0; ++level) {
    if (((length >> level) & 1) == 0) continue;
    assert(count < kMost);
    piece[count++] = {level, covered};
    covered += size_t{1} << level;
  }
}

RollingSums::RollingSums(Workspace& workspace, SeriesBuffer& values)
    : workspace_(workspace), levels_{&values} {}

void RollingSums::Require(size_t length) {
  const WindowPieces pieces(length);
  while (levels_.size() <= pieces.piece[pieces.count - 1].level) {
    levels_.back()->RequirePast(size_t{1} << (levels_.size() - 1));
    levels_.push_back(&workspace_.NewSeries());
  }
  for (size_t k = 0; k < pieces.count; ++k) {
    levels_[pieces.piece[k].level]->RequirePast(pieces.piece[k].offset);
  }
}

void RollingSums::Update(const Chunk& chunk) {
  for (size_t level = 1; level < levels_.size(); ++level) {
    const size_t half_width = size_t{1} << (level - 1);
    const double* newer = levels_[level - 1]->data() + chunk.begin;
    AddPairs(newer, newer - half_width, chunk.size(), levels_[level]->data() + chunk.begin);
  }
}

void RollingSums::Sum(size_t length, const Chunk& chunk, double* out) const {
  ScaledSum(length, 1.0, chunk, out);
}

void RollingSums::Mean(size_t length, const Chunk& chunk, double* out) const {
  ScaledSum(length, 1.0 / static_cast<double>(length), chunk, out);
}

void RollingSums::ScaledSum(size_t length, double scale, const Chunk& chunk, double* out) const {
  const WindowPieces pieces(length);
  Pieces sums;
  for (size_t k = 0; k < pieces.count; ++k) {
    sums[k] = levels_[pieces.piece[k].level]->data() + chunk.begin - pieces.piece[k].offset;
  }
  JoinPieces(sums, pieces.count, scale, chunk.size(), out);
}

}  // namespace aifx::features
