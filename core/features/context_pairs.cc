#include "core/features/context_pairs.h"

#include <algorithm>
#include <vector>

namespace aifx::features {

absl::Span<const market::CurrencyPair> DollarPairs() {
  static const auto& kPairs = *new auto([] {
    std::vector<market::CurrencyPair> pairs;
    for (const DollarPair& pair : kDollarPairs) {
      pairs.push_back(*market::CurrencyPair::Parse(pair.name));
    }
    return pairs;
  }());
  return kPairs;
}

size_t DollarPairIndex(const market::CurrencyPair& pair) {
  const absl::Span<const market::CurrencyPair> pairs = DollarPairs();
  return static_cast<size_t>(std::find(pairs.begin(), pairs.end(), pair) - pairs.begin());
}

}  // namespace aifx::features
