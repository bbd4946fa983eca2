#include "core/macro/known_series.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "absl/time/civil_time.h"
#include "core/macro/release_time.h"

namespace aifx::macro {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using ValuesByDate = std::map<absl::Time, double>;

absl::Time YearBefore(absl::Time date) {
  const absl::CivilDay day = absl::ToCivilDay(date, absl::UTCTimeZone());
  return absl::FromCivil(absl::CivilDay(day.year() - 1, day.month(), day.day()),
                         absl::UTCTimeZone());
}

double YearOnYearOf(const ValuesByDate& values) {
  const auto newest = std::prev(values.end());
  const auto before = values.find(YearBefore(newest->first));
  if (before == values.end() || before->second == 0) return kNaN;
  return (newest->second / before->second - 1) * 100;
}

}  // namespace

ReleaseHistory::ReleaseHistory(std::vector<FundamentalRecord> records) {
  releases_.reserve(records.size());
  for (const FundamentalRecord& record : records) {
    releases_.push_back({KnownFrom(record), record.date, record.value});
  }
  // Also by date and value, so that the order in which records come never matters.
  std::sort(releases_.begin(), releases_.end(), [](const Release& a, const Release& b) {
    return std::tie(a.known_from, a.date, a.value) < std::tie(b.known_from, b.date, b.value);
  });
}

template <typename ValueOf>
KnownSeries ReleaseHistory::Replay(ValueOf value_of) const {
  KnownSeries series;
  ValuesByDate known;
  for (size_t i = 0; i < releases_.size(); ++i) {
    known[releases_[i].date] = releases_[i].value;
    const bool more_at_once =
        i + 1 < releases_.size() && releases_[i + 1].known_from == releases_[i].known_from;
    if (more_at_once) continue;
    series.times.push_back(releases_[i].known_from);
    series.values.push_back(value_of(known));
  }
  return series;
}

KnownSeries ReleaseHistory::Newest() const {
  return Replay([](const ValuesByDate& values) { return values.rbegin()->second; });
}

KnownSeries ReleaseHistory::YearOnYear() const { return Replay(YearOnYearOf); }

}  // namespace aifx::macro
