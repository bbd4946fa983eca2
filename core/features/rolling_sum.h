#ifndef AIFX_CORE_FEATURES_ROLLING_SUM_H_
#define AIFX_CORE_FEATURES_ROLLING_SUM_H_

#include <array>
#include <cstddef>

#include "absl/types/span.h"
#include "core/features/block.h"

namespace aifx::features {

// Sums over sliding windows of one series, of several lengths at once.
//
// Sums of 2, 4, 8, ... consecutive values are formed by doubling (each from two of the level
// below), and a window of any length is put together from them, newest piece first: 50 values are
// 2 + 16 + 32. Every row so adds exactly the values of its own window, in an order that depends on
// the length alone. That makes the result the same to the last bit whatever history comes before
// the window, which a running sum (add the newest, subtract the oldest) cannot give; rounding
// errors grow with the logarithm of the length, not with the series; and the loops run across
// rows, so the compiler vectorizes them.
class WindowSums {
 public:
  static constexpr size_t kLevels = 6;  // sums of 1, 2, 4, 8, 16, 32 values
  static constexpr size_t kLongest = 63;

  // Prepares windows of up to `longest` values. Keeps the span: `values` must outlive the use.
  // REQUIRES: values.size() <= kBlockCandles, 1 <= longest <= kLongest.
  void Assign(absl::Span<const double> values, size_t longest);

  size_t size() const { return values_.size(); }

  // out[i] = values[i - length + 1] + ... + values[i] for i in [first, size()).
  // REQUIRES: 1 <= length <= longest, first >= length - 1, out.size() >= size().
  void Sum(size_t length, size_t first, absl::Span<double> out) const;

  // The same times 1 / length.
  void Mean(size_t length, size_t first, absl::Span<double> out) const;

  // Sums of 2^level values: element i covers values[i - 2^level + 1 .. i].
  const double* Level(size_t level) const {
    return level == 0 ? values_.data() : levels_[level - 1].data();
  }

 private:
  void ScaledSum(size_t length, double scale, size_t first, absl::Span<double> out) const;

  absl::Span<const double> values_;
  std::array<Series, kLevels - 1> levels_;  // level 0 is values_ itself
};

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_ROLLING_SUM_H_
