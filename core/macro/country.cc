#include "core/macro/country.h"

namespace aifx::macro {

std::string CountryOf(absl::string_view currency) { return std::string(currency.substr(0, 2)); }

}  // namespace aifx::macro
