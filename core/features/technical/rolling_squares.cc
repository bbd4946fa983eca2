#include "core/features/technical/rolling_squares.h"

#include <array>
#include <cassert>
#include <cmath>

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

template <size_t kPieces>
void Join(const std::array<JoinedPiece, WindowPieces::kMost>& pieces, double scale, size_t size,
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
    const double weight = 0.5 / static_cast<double>(half_width);
    const double* newer_sum = sums_.Level(level - 1) + chunk.begin;
    const double* older_sum = newer_sum - half_width;
    double* __restrict out = levels_[level - 1]->data() + chunk.begin;
    if (level == 1) {
      for (size_t i = 0; i < chunk.size(); ++i) {
        const double difference = newer_sum[i] - older_sum[i];
        out[i] = difference * difference * weight;
      }
      continue;
    }
    const double* newer = Level(level - 1) + chunk.begin;
    const double* older = newer - half_width;
    for (size_t i = 0; i < chunk.size(); ++i) {
      const double difference = newer_sum[i] - older_sum[i];
      out[i] = newer[i] + older[i] + difference * difference * weight;
    }
  }
}

void RollingSquares::Deviation(size_t length, size_t divisor, const Chunk& chunk,
                               double* out) const {
  const WindowPieces pieces(length);
  std::array<JoinedPiece, WindowPieces::kMost> joined;
  for (size_t k = 0; k < pieces.count; ++k) {
    const auto [level, offset] = pieces.piece[k];
    const double covered = static_cast<double>(offset);
    const double width = static_cast<double>(size_t{1} << level);
    joined[k] = {sums_.Level(level) + chunk.begin - offset, Level(level) + chunk.begin - offset,
                 offset == 0 ? 0 : 1 / covered, 1 / width, covered * width / (covered + width)};
  }
  static constexpr decltype(&Join<1>) kJoin[] = {Join<1>, Join<2>, Join<3>, Join<4>};
  kJoin[pieces.count - 1](joined, 1 / static_cast<double>(divisor), chunk.size(), out);
}

}  // namespace aifx::features
