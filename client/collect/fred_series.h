#ifndef AIFX_CLIENT_COLLECT_FRED_SERIES_H_
#define AIFX_CLIENT_COLLECT_FRED_SERIES_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "client/collect/fred_client.h"
#include "client/collect/series_reader.h"

namespace aifx::collect {

// Told before each series: its id, and how many were read and there are.
using OnSeries = std::function<void(const std::string& id, size_t done, size_t total)>;

// Every vintage of the series, for reference dates in [start, end]. A record's release is its
// vintage's realtime_start (00:00 UTC: FRED knows the day only); where that is FRED's first day,
// 1776-07-04, it is not known and estimated by the series' lag. The first series that fails ends
// it.
absl::StatusOr<SeriesData> ReadFredSeries(FredClient& fred, const std::vector<SeriesSpec>& specs,
                                          std::optional<absl::CivilDay> start,
                                          std::optional<absl::CivilDay> end,
                                          const OnSeries& on_series,
                                          const base::CallContext& context);

}  // namespace aifx::collect

#endif  // AIFX_CLIENT_COLLECT_FRED_SERIES_H_
