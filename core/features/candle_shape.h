#ifndef AIFX_CORE_FEATURES_CANDLE_SHAPE_H_
#define AIFX_CORE_FEATURES_CANDLE_SHAPE_H_

#include <cstddef>

#include "absl/types/span.h"
#include "core/features/block.h"

namespace aifx::features {

// Parts of one candle in units given by their inverse (such as 1 / average true range), for i in
// [first, block.size). Over the average true range of n bars ending at i each lies within [-n, n].

// close - open.
void Body(const CandleBlock& block, absl::Span<const double> inverse_unit, size_t first,
          absl::Span<double> out);
// high - low.
void Range(const CandleBlock& block, absl::Span<const double> inverse_unit, size_t first,
           absl::Span<double> out);
// open - previous close. REQUIRES: first >= 1.
void Gap(const CandleBlock& block, absl::Span<const double> inverse_unit, size_t first,
         absl::Span<double> out);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_CANDLE_SHAPE_H_
