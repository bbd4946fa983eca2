#include "client/cache/time_ranges.h"

#include <algorithm>

namespace aifx::cache {

TimeRange Intersection(const TimeRange& a, const TimeRange& b) {
  return {std::max(a.start, b.start), std::min(a.end, b.end)};
}

void TimeRanges::Add(const TimeRange& range) {
  if (range.empty()) return;
  TimeRange merged = range;
  std::vector<TimeRange> rest;
  for (const TimeRange& other : ranges_) {
    if (other.end < merged.start || other.start > merged.end) {
      rest.push_back(other);
    } else {
      merged = {std::min(merged.start, other.start), std::max(merged.end, other.end)};
    }
  }
  const auto after = std::find_if(
      rest.begin(), rest.end(), [&](const TimeRange& other) { return other.start > merged.start; });
  rest.insert(after, merged);
  ranges_ = std::move(rest);
}

void TimeRanges::CutFrom(absl::Time time) {
  for (TimeRange& range : ranges_) range.end = std::min(range.end, time);
  std::erase_if(ranges_, [](const TimeRange& range) { return range.empty(); });
}

std::vector<TimeRanges::Part> TimeRanges::Split(const TimeRange& range) const {
  std::vector<Part> parts;
  absl::Time at = range.start;
  const auto add = [&](absl::Time end, bool known) {
    if (at < end) parts.push_back({{at, end}, known});
    at = std::max(at, end);
  };
  for (const TimeRange& known : ranges_) {
    const TimeRange shared = Intersection(known, range);
    if (shared.empty()) continue;
    add(shared.start, false);
    add(shared.end, true);
  }
  add(range.end, false);
  return parts;
}

}  // namespace aifx::cache
