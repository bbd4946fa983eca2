#ifndef AIFX_CORE_FEATURES_TECHNICAL_ROLLING_SUMS_H_
#define AIFX_CORE_FEATURES_TECHNICAL_ROLLING_SUMS_H_

#include <array>
#include <cstddef>
#include <vector>

#include "core/features/technical/workspace.h"

namespace aifx::features {

// A sum of 2^k values that ends `offset` rows before the newest of the window.
struct WindowPiece {
  size_t level = 0;   // k
  size_t offset = 0;  // rows
};

// The pieces that make up a window of `length` rows, newest (and smallest) first: 50 values are
// 2 + 16 + 32. REQUIRES: 1 <= length <= kLongestPast.
struct WindowPieces {
  static constexpr size_t kMost = 4;  // lengths of more pieces are not needed
  explicit WindowPieces(size_t length);
  std::array<WindowPiece, kMost> piece;
  size_t count = 0;
};

// Sums over sliding windows of one series, of several lengths at once: sums of 2, 4, 8, ... values
// by doubling, and a window put together from them, as WindowSums (rolling_sum.h) does in a block.
// Adds exactly the values of its own window, in an order that the length alone decides.
class RollingSums {
 public:
  // Both must outlive it.
  RollingSums(Workspace& workspace, SeriesBuffer& values);

  // Set-up: this length will be asked for. REQUIRES: 1 <= length <= kLongestPast.
  void Require(size_t length);

  // Computes the chunk's rows; first of all calls for a chunk.
  void Update(const Chunk& chunk);

  // out[i] = sum (mean) of the `length` values that end at row i of the chunk.
  // REQUIRES: `length` was required.
  void Sum(size_t length, const Chunk& chunk, double* out) const;
  void Mean(size_t length, const Chunk& chunk, double* out) const;

  // Sums of 2^level values. REQUIRES: a required length is at least as long.
  const double* Level(size_t level) const { return levels_[level]->data(); }
  SeriesBuffer& LevelBuffer(size_t level) { return *levels_[level]; }

 private:
  void ScaledSum(size_t length, double scale, const Chunk& chunk, double* out) const;

  Workspace& workspace_;
  std::vector<SeriesBuffer*> levels_;  // level 0: the values
};

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_TECHNICAL_ROLLING_SUMS_H_
