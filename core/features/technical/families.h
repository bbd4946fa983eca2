#ifndef AIFX_CORE_FEATURES_TECHNICAL_FAMILIES_H_
#define AIFX_CORE_FEATURES_TECHNICAL_FAMILIES_H_

#include "absl/types/span.h"
#include "core/features/technical/indicator.h"

// Every indicator: one line and one file each, which defines `const IndicatorFamily kName`. The
// tests run over all of them.
#define AIFX_INDICATOR_FAMILIES(FAMILY) \
  FAMILY(kPrices)                       \
  FAMILY(kReturns)                      \
  FAMILY(kSma)                          \
  FAMILY(kEma)                          \
  FAMILY(kBollinger)                    \
  FAMILY(kRsi)                          \
  FAMILY(kMacd)                         \
  FAMILY(kAtr)                          \
  FAMILY(kStochastic)                   \
  FAMILY(kVolume)                       \
  FAMILY(kMomentum)                     \
  FAMILY(kVolatility)                   \
  FAMILY(kAdx)                          \
  FAMILY(kWilliams)                     \
  FAMILY(kCci)                          \
  FAMILY(kStationaryV1Columns)          \
  FAMILY(kLaggedReturns)                \
  FAMILY(kSpread)                       \
  FAMILY(kSessions)                     \
  FAMILY(kDollar)

namespace aifx::features::families {

#define AIFX_DECLARE(name) extern const IndicatorFamily name;
AIFX_INDICATOR_FAMILIES(AIFX_DECLARE)
#undef AIFX_DECLARE

// All of them, in the order of the list.
absl::Span<const IndicatorFamily* const> All();

}  // namespace aifx::features::families

#endif  // AIFX_CORE_FEATURES_TECHNICAL_FAMILIES_H_
