#ifndef AIFX_CORE_MACRO_SURPRISES_H_
#define AIFX_CORE_MACRO_SURPRISES_H_

#include <vector>

#include "core/macro/known_series.h"
#include "core/macro/macro_record.h"

namespace aifx::macro {

// The newest standardized surprise at any time: an event's actual minus its forecast, over the
// sample standard deviation (ddof 1) of the surprises that the same event (currency and name) had
// before. A surprise counts once its actual may be used (KnownFrom). Those that cannot be
// standardized (fewer than two earlier ones, or all of them equal) change nothing. Of several at
// one moment the one with the highest impact counts, then the alphabetically first by currency and
// name.
KnownSeries StandardizedSurprises(const std::vector<EconomicEvent>& events);

}  // namespace aifx::macro

#endif  // AIFX_CORE_MACRO_SURPRISES_H_
