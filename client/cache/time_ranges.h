#ifndef AIFX_CLIENT_CACHE_TIME_RANGES_H_
#define AIFX_CLIENT_CACHE_TIME_RANGES_H_

#include <vector>

#include "absl/time/time.h"

namespace aifx::cache {

// Closed-open: start <= t < end.
struct TimeRange {
  absl::Time start;
  absl::Time end;
  bool empty() const { return start >= end; }
  bool operator==(const TimeRange&) const = default;
};

// What two ranges share; empty() where that is nothing.
TimeRange Intersection(const TimeRange& a, const TimeRange& b);

// A set of times as ranges that are in order, not empty and do not touch. A value type.
class TimeRanges {
 public:
  TimeRanges() = default;

  // Ranges that touch or overlap become one; an empty one changes nothing.
  void Add(const TimeRange& range);
  // Removes everything from `time` on.
  void CutFrom(absl::Time time);

  // The parts of `range` in order of time, without a gap.
  struct Part {
    TimeRange range;
    bool known = false;  // in the set
  };
  std::vector<Part> Split(const TimeRange& range) const;

  const std::vector<TimeRange>& ranges() const { return ranges_; }
  bool empty() const { return ranges_.empty(); }
  bool operator==(const TimeRanges&) const = default;

 private:
  std::vector<TimeRange> ranges_;
};

}  // namespace aifx::cache

#endif  // AIFX_CLIENT_CACHE_TIME_RANGES_H_
