#ifndef AIFX_CORE_MACRO_EVENT_COLUMNS_H_
#define AIFX_CORE_MACRO_EVENT_COLUMNS_H_

#include <cstddef>

namespace aifx::macro {

// The columns of event-v1, in order.
enum EventColumn : size_t {
  kEventWithin24h,
  kEventWithin48h,
  kHoursSinceLastHigh,
  kHoursSinceLastHighKnown,
  kCumulativeEventScore,
  kEventDensity7d,
  kDaysToNextHighEvent,
  kNoHighEvent30d,
  kHighEventsNext7d,
  kLastSurprise,
  kLastSurpriseKnown,
  kEventColumnCount
};

}  // namespace aifx::macro

#endif  // AIFX_CORE_MACRO_EVENT_COLUMNS_H_
