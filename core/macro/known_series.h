#ifndef AIFX_CORE_MACRO_KNOWN_SERIES_H_
#define AIFX_CORE_MACRO_KNOWN_SERIES_H_

#include <vector>

#include "absl/time/time.h"
#include "core/macro/macro_record.h"

namespace aifx::macro {

// A step function of time: from times[i] on, values[i] was the newest that could be known.
// Ascending. A value is NaN where nothing can be said.
struct KnownSeries {
  std::vector<absl::Time> times;
  std::vector<double> values;
};

// The releases of one series, put into the order in which they became known. A revision is a later
// release of the same date; it counts from its own release on.
class ReleaseHistory {
 public:
  // REQUIRES: the records are of one country and indicator; their values are finite.
  explicit ReleaseHistory(std::vector<FundamentalRecord> records);

  // The value of the newest reference date.
  KnownSeries Newest() const;
  // That value against the one of the same date a year before, in percent; NaN where that one is
  // missing or 0. By date: a missing period in between changes nothing.
  KnownSeries YearOnYear() const;

 private:
  struct Release {
    absl::Time known_from;
    absl::Time date;
    double value;
  };

  template <typename ValueOf>
  KnownSeries Replay(ValueOf value_of) const;

  std::vector<Release> releases_;
};

}  // namespace aifx::macro

#endif  // AIFX_CORE_MACRO_KNOWN_SERIES_H_
