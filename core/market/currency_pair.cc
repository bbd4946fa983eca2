#include "core/market/currency_pair.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/market/currencies.h"

namespace aifx::market {
namespace {

absl::Status Bad(absl::string_view text, absl::string_view what) {
  // The text is a caller's: it may be long or hold unprintable bytes.
  return absl::InvalidArgumentError(
      absl::StrCat("pair \"", absl::CHexEscape(text.substr(0, 32)), "\" ", what));
}

}  // namespace

absl::StatusOr<CurrencyPair> CurrencyPair::Parse(absl::string_view text) {
  const bool has_separator = text.size() == 7 && (text[3] == '/' || text[3] == '-');
  if (text.size() != 6 && !has_separator) {
    return Bad(text, "is not of the form EUR/USD, EUR-USD or EURUSD");
  }
  std::string base = absl::AsciiStrToUpper(text.substr(0, 3));
  std::string quote = absl::AsciiStrToUpper(text.substr(text.size() - 3));
  for (const std::string& code : {base, quote}) {
    if (!IsCurrency(code)) {
      return Bad(text, absl::StrCat("names ", absl::CHexEscape(code),
                                    ", which is no known ISO 4217 currency"));
    }
  }
  if (base == quote) return Bad(text, absl::StrCat("names ", base, " twice"));
  return CurrencyPair(std::move(base), std::move(quote));
}

double CurrencyPair::PipSize() const { return quote_ == "JPY" ? 0.01 : 0.0001; }

}  // namespace aifx::market
