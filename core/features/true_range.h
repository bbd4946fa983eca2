#ifndef AIFX_CORE_FEATURES_TRUE_RANGE_H_
#define AIFX_CORE_FEATURES_TRUE_RANGE_H_

#include "absl/types/span.h"
#include "core/features/block.h"

namespace aifx::features {

// market::TrueRange of every candle, in price units. out[0] is 0: the first candle of a block has
// no previous close, so no window that reaches it may be used. The average true range is its simple
// mean.
void TrueRange(const CandleBlock& block, absl::Span<double> out);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_TRUE_RANGE_H_
