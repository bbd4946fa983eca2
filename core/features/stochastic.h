#ifndef AIFX_CORE_FEATURES_STOCHASTIC_H_
#define AIFX_CORE_FEATURES_STOCHASTIC_H_

#include <cstddef>

#include "absl/types/span.h"
#include "core/features/block.h"

namespace aifx::features {

// Position of the close between the lowest low and the highest high of `length` candles, from -1
// (at the low) to 1 (at the high): %K / 50 - 1, for i in [first, block.size). 0 where they are
// equal. REQUIRES: first >= length - 1.
void StochasticPosition(const CandleBlock& block, size_t length, size_t first,
                        absl::Span<double> out);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_STOCHASTIC_H_
