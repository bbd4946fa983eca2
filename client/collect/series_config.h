#ifndef AIFX_CLIENT_COLLECT_SERIES_CONFIG_H_
#define AIFX_CLIENT_COLLECT_SERIES_CONFIG_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/macro/release_time.h"

namespace aifx::collect {

// What one series of a source means to the engine.
struct SeriesSpec {
  std::string id;         // as the source calls it: "GDPC1"
  std::string country;    // "US", "EU", ...
  std::string indicator;  // one of the backend's: interest_rate, gdp, cpi, ...
  std::string unit;       // such as "percent"
  macro::ReleaseLag lag;  // where the source does not say when a value was released
};

// Reads a list of series from CSV or JSON (ParseRows) with the fields series, country, indicator,
// unit, frequency (daily, monthly, quarterly, annual: how long a reference period is) and
// release_lag_days (0 to 1000, counted from the period's end). InvalidArgument naming place, field
// and text for anything else, an indicator that the backend lacks, a series that is there twice,
// and a second series of one country's indicator: the backend could not tell their values apart.
absl::StatusOr<std::vector<SeriesSpec>> ParseSeriesConfig(absl::string_view text,
                                                          absl::string_view name);

}  // namespace aifx::collect

#endif  // AIFX_CLIENT_COLLECT_SERIES_CONFIG_H_
