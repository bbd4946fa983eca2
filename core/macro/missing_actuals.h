#ifndef AIFX_CORE_MACRO_MISSING_ACTUALS_H_
#define AIFX_CORE_MACRO_MISSING_ACTUALS_H_

#include <vector>

#include "core/macro/macro_record.h"
#include "core/market/currency_pair.h"

namespace aifx::macro {

// The pair's events without `actual` of which a later one, by currency and name, has its own; in
// the order of their times. Such an event was moved, and then counts at its old time too, or its
// figure never came.
std::vector<EconomicEvent> EventsMissingActual(const std::vector<EconomicEvent>& events,
                                               const market::CurrencyPair& pair);

}  // namespace aifx::macro

#endif  // AIFX_CORE_MACRO_MISSING_ACTUALS_H_
