#include "core/macro/release_time.h"

#include <algorithm>
#include <iterator>

#include "absl/algorithm/container.h"

namespace aifx::macro {
namespace {

struct IndicatorLag {
  absl::string_view indicator;
  ReleaseLag lag;
};
// The slowest of the US, the euro area, the United Kingdom and Japan, rounded up; the US after the
// federal shutdowns of 2013 and 2018.
constexpr IndicatorLag kLags[] = {{"interest_rate", {1, 1}}, {"gdp", {3, 60}},
                                  {"cpi", {1, 35}},          {"unemployment", {1, 50}},
                                  {"inflation", {12, 180}},  {"pmi", {1, 5}},
                                  {"trade_balance", {1, 65}}};
constexpr absl::string_view kCountries[] = {"US", "EU", "GB", "JP"};
// Of what the table does not know. Other countries may publish by the quarter what these four
// publish by the month: Australia and New Zealand do so with consumer prices.
constexpr ReleaseLag kUnknown = {3, 90};

constexpr absl::Duration kDay = absl::Hours(24);

ReleaseLag Later(const ReleaseLag& a, const ReleaseLag& b) {
  const auto days = [](const ReleaseLag& lag) { return 31 * lag.period_months + lag.lag_days; };
  return days(a) > days(b) ? a : b;
}

}  // namespace

ReleaseLag DefaultReleaseLag(absl::string_view country, absl::string_view indicator) {
  const auto known = std::find_if(std::begin(kLags), std::end(kLags), [&](const IndicatorLag& lag) {
    return lag.indicator == indicator;
  });
  if (known == std::end(kLags)) return kUnknown;
  const bool is_listed = absl::c_linear_search(kCountries, country);
  return is_listed ? known->lag : Later(known->lag, kUnknown);
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
    return EstimatedRelease(record.date, DefaultReleaseLag(record.country, record.indicator)) +
           kDay;
  }
  const absl::Time released = *record.released_at;
  const bool is_date = (released - absl::UnixEpoch()) % kDay == absl::ZeroDuration();
  return released + (is_date ? kDay : kPublicationDelay);
}

absl::Time KnownFrom(const EconomicEvent& event) {
  return event.time + (event.time_known ? kPublicationDelay : kDay);
}

}  // namespace aifx::macro
