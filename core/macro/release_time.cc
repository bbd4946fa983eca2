#include "core/macro/release_time.h"

namespace aifx::macro {
namespace {

struct IndicatorLag {
  absl::string_view indicator;
  ReleaseLag lag;
};
// The slowest of the US, the euro area, the United Kingdom and Japan, rounded up.
constexpr IndicatorLag kLags[] = {{"interest_rate", {1, 1}}, {"gdp", {3, 50}},
                                  {"cpi", {1, 25}},          {"unemployment", {1, 50}},
                                  {"inflation", {12, 180}},  {"pmi", {1, 5}},
                                  {"trade_balance", {1, 45}}};
constexpr ReleaseLag kUnknownIndicator = {3, 90};

constexpr absl::Duration kDay = absl::Hours(24);

}  // namespace

ReleaseLag DefaultReleaseLag(absl::string_view indicator) {
  for (const IndicatorLag& known : kLags) {
    if (known.indicator == indicator) return known.lag;
  }
  return kUnknownIndicator;
}

absl::Time EstimatedRelease(absl::Time date, const ReleaseLag& lag) {
  const absl::CivilDay start = absl::ToCivilDay(date, absl::UTCTimeZone());
  const absl::CivilDay end =
      lag.period_months == 0
          ? start + 1
          : absl::CivilDay(start.year(), start.month() + lag.period_months, start.day());
  return absl::FromCivil(end + lag.lag_days, absl::UTCTimeZone());
}

absl::Time KnownFrom(const FundamentalRecord& record) {
  if (!record.released_at.has_value()) {
    return EstimatedRelease(record.date, DefaultReleaseLag(record.indicator));
  }
  const absl::Time released = *record.released_at;
  const bool is_date = (released - absl::UnixEpoch()) % kDay == absl::ZeroDuration();
  return is_date ? released + kDay : released;
}

absl::Time KnownFrom(const EconomicEvent& event) {
  return event.time_known ? event.time : event.time + kDay;
}

}  // namespace aifx::macro
