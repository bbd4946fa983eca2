#ifndef AIFX_CORE_MACRO_EVENT_FEATURES_H_
#define AIFX_CORE_MACRO_EVENT_FEATURES_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/features/feature_set.h"
#include "core/macro/column_set.h"
#include "core/macro/known_series.h"
#include "core/macro/macro_record.h"
#include "core/market/currency_pair.h"

namespace aifx::macro {

// The columns of EventColumns() for one pair, as of any time: from the events of its two
// currencies. The schedule is taken to be known in advance, an event's actual value from KnownFrom
// on. Immutable and thread-safe.
class EventFeatures {
 public:
  // Events of other currencies are ignored; order does not matter. InvalidArgument naming the
  // event where a value is not finite, or where two have the same time, currency and name.
  static absl::StatusOr<EventFeatures> Create(const market::CurrencyPair& pair,
                                              const std::vector<EconomicEvent>& events);

  // One row a time, in the order given. Ascending times cost one pass over the events in all.
  features::FeatureMatrix At(absl::Span<const absl::Time> times) const;

 private:
  class Sweep;

  EventFeatures() = default;

  std::vector<absl::Time> all_;           // ascending
  std::vector<int64_t> score_before_;     // of the first n of all_
  std::vector<absl::Time> high_;          // ascending
  std::vector<absl::Time> high_to_hour_;  // of those, the ones with a known hour
  KnownSeries surprises_;
};

}  // namespace aifx::macro

#endif  // AIFX_CORE_MACRO_EVENT_FEATURES_H_
