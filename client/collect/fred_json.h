#ifndef AIFX_CLIENT_COLLECT_FRED_JSON_H_
#define AIFX_CLIENT_COLLECT_FRED_JSON_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace aifx::collect {

// One value as it was known from realtime_start to realtime_end, both included.
struct FredObservation {
  absl::CivilDay realtime_start, realtime_end;
  absl::CivilDay date;          // start of the reference period
  std::optional<double> value;  // absent: FRED's `.`
  bool operator==(const FredObservation&) const = default;
};

struct FredPage {
  std::vector<FredObservation> observations;
  int64_t count = 0;  // over all pages
};

// The answer of /fred/series/observations with file_type=json. INTERNAL naming the member and its
// value where it makes no sense.
absl::StatusOr<FredPage> ParseFredPage(absl::string_view body);

// FRED's own words in the body of a refusal; empty where there are none.
std::string FredErrorMessage(absl::string_view body);

// Whether a refusal says that the real-time period holds more vintages than one request may ask
// for.
bool IsTooManyVintages(absl::string_view message);

}  // namespace aifx::collect

#endif  // AIFX_CLIENT_COLLECT_FRED_JSON_H_
