#include "core/macro/value_text.h"

#include <cmath>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace aifx::macro {
namespace {

constexpr size_t kMaxBytes = 40;

struct Suffix {
  absl::string_view text;
  double scale;
  absl::string_view unit;
};
constexpr Suffix kSuffixes[] = {{"", 1, ""},      {"%", 1, "percent"}, {"bp", 1, "bp"},
                                {"bps", 1, "bp"}, {"k", 1e3, ""},      {"m", 1e6, ""},
                                {"mn", 1e6, ""},  {"b", 1e9, ""},      {"bn", 1e9, ""},
                                {"t", 1e12, ""},  {"tn", 1e12, ""}};

Bound ConsumeBound(absl::string_view& text) {
  if (absl::ConsumePrefix(&text, "<")) return Bound::kBelow;
  if (absl::ConsumePrefix(&text, ">")) return Bound::kAbove;
  return Bound::kExact;
}

// True for a minus.
bool ConsumeSign(absl::string_view& text) {
  // U+2212 is what typeset pages have.
  if (absl::ConsumePrefix(&text, "-") || absl::ConsumePrefix(&text, "\xe2\x88\x92")) return true;
  absl::ConsumePrefix(&text, "+");
  return false;
}

absl::string_view ConsumeCurrencySign(absl::string_view& text) {
  for (const absl::string_view sign : {"$", "\xe2\x82\xac", "\xc2\xa3", "\xc2\xa5"}) {
    if (absl::ConsumePrefix(&text, sign)) return sign;
  }
  return "";
}

size_t CountDigits(absl::string_view text) {
  size_t count = 0;
  while (count < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[count]))) {
    ++count;
  }
  return count;
}

// The digits in front of the decimal point, without separators; nothing where a group is not of
// three digits.
std::optional<std::string> ConsumeWhole(absl::string_view& text) {
  size_t count = CountDigits(text);
  std::string digits(text.substr(0, count));
  text.remove_prefix(count);
  if (absl::StartsWith(text, ",") && (count == 0 || count > 3)) return std::nullopt;
  while (absl::ConsumePrefix(&text, ",")) {
    if (CountDigits(text) != 3) return std::nullopt;
    absl::StrAppend(&digits, text.substr(0, 3));
    text.remove_prefix(3);
  }
  return digits;
}

std::optional<double> ConsumeNumber(absl::string_view& text) {
  std::optional<std::string> number = ConsumeWhole(text);
  if (!number.has_value()) return std::nullopt;
  size_t digits = number->size();
  if (absl::ConsumePrefix(&text, ".")) {
    const size_t decimals = CountDigits(text);
    if (decimals == 0) return std::nullopt;
    digits += decimals;
    absl::StrAppend(&*number, ".", text.substr(0, decimals));
    text.remove_prefix(decimals);
  }
  double value = 0;
  if (digits == 0 || !absl::SimpleAtod(*number, &value)) return std::nullopt;
  return value;
}

std::optional<ValueText> Parse(absl::string_view text) {
  ValueText parsed;
  parsed.bound = ConsumeBound(text);
  text = absl::StripLeadingAsciiWhitespace(text);
  const bool minus = ConsumeSign(text);
  parsed.unit = std::string(ConsumeCurrencySign(text));
  // $-1.2B is as common as -$1.2B.
  const bool inner_minus = !parsed.unit.empty() && !minus && ConsumeSign(text);
  const std::optional<double> number = ConsumeNumber(text);
  if (!number.has_value()) return std::nullopt;
  text = absl::StripLeadingAsciiWhitespace(text);
  for (const Suffix& suffix : kSuffixes) {
    if (!absl::EqualsIgnoreCase(text, suffix.text)) continue;
    if (!suffix.unit.empty() && !parsed.unit.empty()) return std::nullopt;
    if (!suffix.unit.empty()) parsed.unit = std::string(suffix.unit);
    parsed.value = (minus || inner_minus ? -1 : 1) * *number * suffix.scale;
    return parsed;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<ValueText> ParseValueText(absl::string_view text) {
  const absl::string_view trimmed = absl::StripAsciiWhitespace(text);
  if (trimmed.size() <= kMaxBytes) {
    if (std::optional<ValueText> parsed = Parse(trimmed)) return *std::move(parsed);
  }
  return absl::InvalidArgumentError(absl::StrCat("'", trimmed.substr(0, kMaxBytes),
                                                 "' is not one number such as 225K, -1.2B, 0.3% "
                                                 "or <0.10%"));
}

}  // namespace aifx::macro
