#ifndef AIFX_CORE_MACRO_TIME_COUNTER_H_
#define AIFX_CORE_MACRO_TIME_COUNTER_H_

#include <algorithm>
#include <cstddef>

#include "absl/time/time.h"
#include "absl/types/span.h"

namespace aifx::macro {

// Counts how many of ascending times are at or before a moment. Moments that only grow cost one
// pass over the times in all; a step back costs a binary search. Refers to the times. Not
// thread-safe.
class TimeCounter {
 public:
  explicit TimeCounter(absl::Span<const absl::Time> ascending) : times_(ascending) {}

  size_t UpTo(absl::Time moment) {
    if (count_ > 0 && times_[count_ - 1] > moment) {
      count_ = static_cast<size_t>(std::upper_bound(times_.begin(), times_.end(), moment) -
                                   times_.begin());
    }
    while (count_ < times_.size() && times_[count_] <= moment) ++count_;
    return count_;
  }

 private:
  absl::Span<const absl::Time> times_;
  size_t count_ = 0;
};

}  // namespace aifx::macro

#endif  // AIFX_CORE_MACRO_TIME_COUNTER_H_
