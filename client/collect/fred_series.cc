#include "client/collect/fred_series.h"

#include "core/base/status_macros.h"

namespace aifx::collect {
namespace {

constexpr absl::CivilDay kFirstDay(1776, 7, 4);

absl::Time StartOf(absl::CivilDay day) { return absl::FromCivil(day, absl::UTCTimeZone()); }

}  // namespace

absl::StatusOr<SeriesData> ReadFredSeries(FredClient& fred, const std::vector<SeriesSpec>& specs,
                                          std::optional<absl::CivilDay> start,
                                          std::optional<absl::CivilDay> end,
                                          const OnSeries& on_series,
                                          const base::CallContext& context) {
  SeriesData data;
  for (size_t i = 0; i < specs.size(); ++i) {
    on_series(specs[i].id, i, specs.size());
    AIFX_ASSIGN_OR_RETURN(const std::vector<FredObservation> observations,
                          fred.Vintages(specs[i].id, start, end, context));
    data.rows += static_cast<int64_t>(observations.size());
    for (const FredObservation& observation : observations) {
      if (!observation.value.has_value()) {
        ++data.missing;
        continue;
      }
      std::optional<absl::Time> released_at;
      if (observation.realtime_start != kFirstDay) {
        released_at = StartOf(observation.realtime_start);
      }
      data.records.push_back(
          RecordOf(specs[i], "FRED", StartOf(observation.date), *observation.value, released_at));
    }
  }
  Deduplicate(data);
  return data;
}

}  // namespace aifx::collect
