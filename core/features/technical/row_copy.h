#ifndef AIFX_CORE_FEATURES_TECHNICAL_ROW_COPY_H_
#define AIFX_CORE_FEATURES_TECHNICAL_ROW_COPY_H_

#include <cstddef>

namespace aifx::features {

// Columns of a chunk that stand side by side in memory, `stride` values apart.
struct ColumnBlock {
  const double* values = nullptr;
  size_t stride = 0;
  size_t count = 0;  // columns
};

// How rows are written. kStreaming goes past the caches: for results that do not fit in there,
// whose lines would be read only to be overwritten.
enum class RowStores { kCached, kStreaming };

// From how many bytes of result on streaming pays: what is larger has left the cache of a core
// before anybody reads it.
inline constexpr size_t kStreamingBytes = size_t{4} << 20;

// Writes rows [first, last) of the block row-major to out.
void CopyRows(const ColumnBlock& block, size_t first, size_t last, RowStores stores, double* out);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_TECHNICAL_ROW_COPY_H_
