#ifndef AIFX_CORE_MACRO_VALUE_TEXT_H_
#define AIFX_CORE_MACRO_VALUE_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace aifx::macro {

// Whether a text states the value itself or a bound of it, as `<0.10%` does.
enum class Bound { kExact, kBelow, kAbove };

// A number as economic calendars write it.
struct ValueText {
  double value = 0;  // K, M, B and T are multiplied out: 225K is 225000; 0.3% is 0.3
  std::string
      unit;  // "percent", "bp" (basis points), "$", "€", "£", "¥", or "" where none is named
  Bound bound = Bound::kExact;
  bool operator==(const ValueText&) const = default;
};

// Reads `225K`, `-1.2B`, `0.3%`, `<0.10%`, `$1,234.5M`, `25 bps`: an optional < or >, a sign, a
// currency sign, digits with or without thousands separators in groups of three, and a scale (K, M,
// B, T, also Mn, Bn, Tn) or a percent sign. White space around it is ignored. InvalidArgument
// naming the text for anything else, such as the votes `0-7-2` or the auction `2.68|2.2`: two
// numbers are not one, and `1,2` may mean 1.2 or 12.
absl::StatusOr<ValueText> ParseValueText(absl::string_view text);

}  // namespace aifx::macro

#endif  // AIFX_CORE_MACRO_VALUE_TEXT_H_
