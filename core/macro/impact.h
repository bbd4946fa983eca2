#ifndef AIFX_CORE_MACRO_IMPACT_H_
#define AIFX_CORE_MACRO_IMPACT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/macro/macro_record.h"

namespace aifx::macro {

// "holiday", "low", "medium" or "high", as the backend and calendars write it.
absl::string_view ImpactName(Impact impact);

// Accepts either case. InvalidArgument naming the value and what is accepted.
absl::StatusOr<Impact> ParseImpact(absl::string_view text);

// How much an event counts: high 3, medium 2, low 1, holiday 0.
int ImpactScore(Impact impact);

}  // namespace aifx::macro

#endif  // AIFX_CORE_MACRO_IMPACT_H_
