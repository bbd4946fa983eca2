#include "core/features/rolling_extreme.h"

#include <cassert>
#include <utility>

#include "core/features/block.h"

namespace aifx::features {
namespace {

struct Larger {
  double operator()(double a, double b) const { return a < b ? b : a; }
};
struct Smaller {
  double operator()(double a, double b) const { return b < a ? b : a; }
};

template <typename Pick>
void Join(const double* __restrict values, size_t offset, size_t first, size_t size, Pick pick,
          double* __restrict out) {
  for (size_t i = first; i < size; ++i) out[i] = pick(values[i], values[i - offset]);
}

template <typename Pick>
void RollingExtreme(absl::Span<const double> values, size_t length, size_t first, Pick pick,
                    absl::Span<double> out) {
  const size_t size = values.size();
  assert(size <= kBlockCandles && length >= 1 && first + 1 >= length && out.size() >= size);
  Series buffers[2];
  const double* current = values.data();
  double* next = buffers[0].data();
  double* spare = buffers[1].data();
  size_t width = 1;
  for (; 2 * width <= length; width *= 2) {
    Join(current, width, 2 * width - 1, size, pick, next);
    current = next;
    std::swap(next, spare);
  }
  Join(current, length - width, first, size, pick, out.data());
}

}  // namespace

void RollingMax(absl::Span<const double> values, size_t length, size_t first,
                absl::Span<double> out) {
  RollingExtreme(values, length, first, Larger(), out);
}

void RollingMin(absl::Span<const double> values, size_t length, size_t first,
                absl::Span<double> out) {
  RollingExtreme(values, length, first, Smaller(), out);
}

}  // namespace aifx::features
