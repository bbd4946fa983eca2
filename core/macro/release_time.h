#ifndef AIFX_CORE_MACRO_RELEASE_TIME_H_
#define AIFX_CORE_MACRO_RELEASE_TIME_H_

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "core/macro/macro_record.h"

namespace aifx::macro {

// How a value's release is estimated where it is not known: `period_months` after its reference
// date the period ends, and `lag_days` later the value counts as released. The table is in
// docs/macro.md; it errs on the late side.
struct ReleaseLag {
  int period_months = 1;
  int lag_days = 0;
};

// The lag of a country's indicator (macro_record.h lists them); a cautious one for names it does
// not know and for countries other than US, EU, GB and JP, whose periods and habits differ.
ReleaseLag DefaultReleaseLag(absl::string_view country, absl::string_view indicator);

// Midnight UTC, `lag_days` after the end of the period of `period_months` that starts on `date`;
// 0 months: a period of one day.
absl::Time EstimatedRelease(absl::Time date, const ReleaseLag& lag);

// From a figure's release to the moment from which a row may use it. Not 0: a candle that closes at
// the release holds the last quote before it, so a row as of its close would hold a figure that
// none of its prices had seen. A minute is the shortest candle, and longer than it takes a figure
// to be published and read.
inline constexpr absl::Duration kPublicationDelay = absl::Minutes(1);

// From when on a record may be used. kPublicationDelay after its release where that is known to the
// hour; a release at 00:00:00 UTC is a date without an hour (FRED's vintages have no more) and
// counts 24 hours later, as an event without an hour does; an unknown release is estimated, and
// such a date too.
absl::Time KnownFrom(const FundamentalRecord& record);

// From when on an event's actual value may be used: kPublicationDelay after its time, or 24 hours
// after the start of its day where the hour is not known.
absl::Time KnownFrom(const EconomicEvent& event);

}  // namespace aifx::macro

#endif  // AIFX_CORE_MACRO_RELEASE_TIME_H_
