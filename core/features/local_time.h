#ifndef AIFX_CORE_FEATURES_LOCAL_TIME_H_
#define AIFX_CORE_FEATURES_LOCAL_TIME_H_

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"
#include "absl/types/span.h"

namespace aifx::features {

// Seconds to add to UTC for a zone's local time. Looks the offset up once and keeps it until the
// next transition, because a look-up costs as much as all other features of a candle. Cheap to
// make; fast for ascending times, right for any. Not thread-safe.
class UtcOffset {
 public:
  explicit UtcOffset(absl::TimeZone zone) : zone_(zone) {}

  int64_t At(int64_t unix_seconds) {
    if (unix_seconds < begin_ || unix_seconds >= end_) LookUp(unix_seconds);
    return offset_;
  }

 private:
  void LookUp(int64_t unix_seconds);

  absl::TimeZone zone_;
  int64_t begin_ = 0;  // the offset holds in [begin_, end_)
  int64_t end_ = 0;
  int64_t offset_ = 0;
};

// Time of day as a point on the circle: sine and cosine of 2 pi m / 1440, m = whole minutes since
// local midnight of the candle's open time. For i in [first, open_seconds.size()).
void TimeOfDay(absl::Span<const double> open_seconds, UtcOffset& offset, size_t first,
               absl::Span<double> sine, absl::Span<double> cosine);

// Day of the week likewise: 2 pi d / 7, d = 0 on the local Monday .. 6 on Sunday.
void DayOfWeek(absl::Span<const double> open_seconds, UtcOffset& offset, size_t first,
               absl::Span<double> sine, absl::Span<double> cosine);

}  // namespace aifx::features

#endif  // AIFX_CORE_FEATURES_LOCAL_TIME_H_
