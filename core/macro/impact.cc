#include "core/macro/impact.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace aifx::macro {

absl::string_view ImpactName(Impact impact) {
  switch (impact) {
    case Impact::kHoliday:
      return "holiday";
    case Impact::kLow:
      return "low";
    case Impact::kMedium:
      return "medium";
    case Impact::kHigh:
      return "high";
  }
  return "";
}

absl::StatusOr<Impact> ParseImpact(absl::string_view text) {
  for (const Impact impact : {Impact::kHoliday, Impact::kLow, Impact::kMedium, Impact::kHigh}) {
    if (absl::EqualsIgnoreCase(text, ImpactName(impact))) return impact;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is not an impact: write high, medium, low or holiday"));
}

int ImpactScore(Impact impact) {
  switch (impact) {
    case Impact::kHoliday:
      return 0;
    case Impact::kLow:
      return 1;
    case Impact::kMedium:
      return 2;
    case Impact::kHigh:
      return 3;
  }
  return 0;
}

}  // namespace aifx::macro
