#ifndef AIFX_CORE_FEATURES_CONTEXT_PAIRS_H_
#define AIFX_CORE_FEATURES_CONTEXT_PAIRS_H_

#include <array>
#include <cstddef>

#include "absl/types/span.h"
#include "core/market/currency_pair.h"

namespace aifx::features {

// A pair that is looked at for what the dollar does.
struct DollarPair {
  const char* name;
  const char* column_prefix;
  // 1 where the dollar is the base, so that a rise of the pair is one of the dollar; else -1.
  double dollar_sign;
};

// The four pairs against the dollar that are traded most. More would say little more about it, and
// each is one more series that must be there to predict.
inline constexpr std::array<DollarPair, 4> kDollarPairs = {{{"EUR/USD", "eurusd", -1},
                                                            {"GBP/USD", "gbpusd", -1},
                                                            {"USD/JPY", "usdjpy", 1},
                                                            {"AUD/USD", "audusd", -1}}};

// The same as pairs, in that order.
absl::Span<const market::CurrencyPair> DollarPairs();

// Where `pair` stands among them; their number where it is none.
size_t DollarPairIndex(const market::CurrencyPair& pair);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_CONTEXT_PAIRS_H_
