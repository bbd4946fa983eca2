#ifndef AIFX_CORE_MACRO_COUNTRY_H_
#define AIFX_CORE_MACRO_COUNTRY_H_

#include <string>

#include "absl/strings/string_view.h"

namespace aifx::macro {

// Whose economy stands behind a currency: the first two letters of its ISO 4217 code, which are the
// country's ISO 3166 code (USD: US, JPY: JP) or EU for the euro. Precious metals give a code that
// no country has, and so no data. The offshore yuan (CNH) is China's. REQUIRES: three letters.
std::string CountryOf(absl::string_view currency);

}  // namespace aifx::macro

#endif  // AIFX_CORE_MACRO_COUNTRY_H_
