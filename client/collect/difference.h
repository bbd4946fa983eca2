#ifndef AIFX_CLIENT_COLLECT_DIFFERENCE_H_
#define AIFX_CLIENT_COLLECT_DIFFERENCE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/call_context.h"
#include "core/macro/macro_record.h"

namespace aifx::collect {

// What of collected records the backend lacks.
template <typename T>
struct Difference {
  std::vector<T> add;     // it has none of that key
  std::vector<T> change;  // it has another value
  // Stored events without `actual` that the sources do not list, though they list others of that
  // currency and name (before their first event and after their last one: on that day): one that
  // was moved is stored at both times, and counts twice. Events only.
  std::vector<T> unlisted;
  int64_t same = 0;
};

// Against what is stored. Values count as the same within what the backend's DECIMAL columns round
// (6 decimals). Of an event, what is not known here changes nothing there; `source` alone is no
// difference. Keys: (time, currency, name) and (date, country, indicator, released_at); times to
// the millisecond.
Difference<macro::EconomicEvent> Compare(const std::vector<macro::EconomicEvent>& collected,
                                         const std::vector<macro::EconomicEvent>& stored);
Difference<macro::FundamentalRecord> Compare(const std::vector<macro::FundamentalRecord>& collected,
                                             const std::vector<macro::FundamentalRecord>& stored);

// The same, against what the backend has in the span of the collected ones; of events, in whole
// days (UTC), for one whose hour was not known lies at the start of its day.
absl::StatusOr<Difference<macro::EconomicEvent>> FindDifference(
    const std::vector<macro::EconomicEvent>& collected, macro::MacroSource& backend,
    const base::CallContext& context);
absl::StatusOr<Difference<macro::FundamentalRecord>> FindDifference(
    const std::vector<macro::FundamentalRecord>& collected, macro::MacroSource& backend,
    const base::CallContext& context);

}  // namespace aifx::collect

#endif  // AIFX_CLIENT_COLLECT_DIFFERENCE_H_
