#ifndef AIFX_CORE_MARKET_CURRENCY_PAIR_H_
#define AIFX_CORE_MARKET_CURRENCY_PAIR_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace aifx::market {

// Two different ISO 4217 currencies, base before quote: EUR/USD is the price of one euro in
// dollars. currencies.h says which are known. A value type; always holds a valid pair.
class CurrencyPair {
 public:
  // Accepts `EUR/USD`, `EURUSD`, `EUR-USD` in either case. InvalidArgument, naming the value, for
  // any other form, for an unknown currency and for the same one twice.
  static absl::StatusOr<CurrencyPair> Parse(absl::string_view text);

  const std::string& base() const { return base_; }    // such as "EUR"
  const std::string& quote() const { return quote_; }  // such as "USD"
  std::string ToString() const { return base_ + "/" + quote_; }

  // The price step that traders count in: 0.01 where the quote currency is JPY, else 0.0001.
  double PipSize() const;

  auto operator<=>(const CurrencyPair&) const = default;

 private:
  CurrencyPair(std::string base, std::string quote)
      : base_(std::move(base)), quote_(std::move(quote)) {}

  std::string base_;
  std::string quote_;
};

}  // namespace aifx::market

#endif  // AIFX_CORE_MARKET_CURRENCY_PAIR_H_
