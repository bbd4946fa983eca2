#ifndef AIFX_CORE_MARKET_CURRENCIES_H_
#define AIFX_CORE_MARKET_CURRENCIES_H_

#include "absl/strings/string_view.h"

namespace aifx::market {

// True for the upper-case code of a currency or precious metal of ISO 4217 that can be traded: the
// active ones without fund, bond-market and testing codes; HRK and BGN, which the euro replaced in
// 2023 and 2026, because price histories hold them; and CNH, which is not in the standard but is
// the market's code for the offshore yuan.
bool IsCurrency(absl::string_view code);

}  // namespace aifx::market

#endif  // AIFX_CORE_MARKET_CURRENCIES_H_
