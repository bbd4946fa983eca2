#include "core/features/technical/row_copy.h"

#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace aifx::features {
namespace {

void CopyOneByOne(const ColumnBlock& block, size_t first, size_t last, double* __restrict out) {
  for (size_t i = first; i < last; ++i) {
    const double* __restrict value = block.values + i;
    for (size_t c = 0; c < block.count; ++c) out[c] = value[c * block.stride];
    out += block.count;
  }
}

#if defined(__SSE2__)

template <RowStores kStores>
void StorePair(double* to, __m128d pair) {
  if constexpr (kStores == RowStores::kStreaming) {
    _mm_stream_pd(to, pair);
  } else {
    _mm_store_pd(to, pair);
  }
}

// Squares of two rows and two columns. REQUIRES: an even number of columns, `out` on 16 bytes.
template <RowStores kStores>
void CopyPairs(const ColumnBlock& block, size_t first, size_t last, double* __restrict out) {
  size_t i = first;
  for (; i + 2 <= last; i += 2, out += 2 * block.count) {
    const double* left = block.values + i;
    for (size_t c = 0; c < block.count; c += 2, left += 2 * block.stride) {
      const __m128d a = _mm_loadu_pd(left);
      const __m128d b = _mm_loadu_pd(left + block.stride);
      StorePair<kStores>(out + c, _mm_unpacklo_pd(a, b));
      StorePair<kStores>(out + block.count + c, _mm_unpackhi_pd(a, b));
    }
  }
  CopyOneByOne(block, i, last, out);
}

#endif

}  // namespace

void CopyRows(const ColumnBlock& block, size_t first, size_t last, RowStores stores, double* out) {
#if defined(__SSE2__)
  if (block.count % 2 == 0 && reinterpret_cast<uintptr_t>(out) % 16 == 0) {
    if (stores == RowStores::kCached) {
      CopyPairs<RowStores::kCached>(block, first, last, out);
    } else {
      CopyPairs<RowStores::kStreaming>(block, first, last, out);
      _mm_sfence();  // streaming stores are not ordered with those that publish the result
    }
    return;
  }
#endif
  CopyOneByOne(block, first, last, out);
}

}  // namespace aifx::features
