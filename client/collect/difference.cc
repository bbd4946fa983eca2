#include "client/collect/difference.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "core/base/status_macros.h"

namespace aifx::collect {
namespace {

using macro::EconomicEvent;
using macro::FundamentalRecord;

// Half a unit of the sixth decimal, and what a double of that size may be off by.
bool SameValue(double a, double b) {
  return std::abs(a - b) <= 0.6e-6 + 1e-12 * std::max(std::abs(a), std::abs(b));
}

// Whether writing `value` over `stored` would leave it as it is.
bool SameValue(const std::optional<double>& value, const std::optional<double>& stored) {
  if (!value.has_value()) return true;
  return stored.has_value() && SameValue(*value, *stored);
}

auto KeyOf(const EconomicEvent& event) {
  return std::make_tuple(absl::ToUnixMillis(event.time), event.currency, event.name);
}

auto KeyOf(const FundamentalRecord& record) {
  const std::optional<absl::Time>& released = record.released_at;
  return std::make_tuple(absl::ToUnixMillis(record.date), record.country, record.indicator,
                         released.has_value() ? absl::ToUnixMillis(*released) : INT64_MIN);
}

bool Same(const EconomicEvent& event, const EconomicEvent& stored) {
  return event.impact == stored.impact && event.time_known == stored.time_known &&
         SameValue(event.actual, stored.actual) && SameValue(event.forecast, stored.forecast) &&
         SameValue(event.previous, stored.previous);
}

bool Same(const FundamentalRecord& record, const FundamentalRecord& stored) {
  return SameValue(record.value, stored.value) && record.unit == stored.unit;
}

template <typename T>
Difference<T> CompareByKey(const std::vector<T>& collected, const std::vector<T>& stored) {
  std::map<decltype(KeyOf(collected[0])), const T*> there;
  for (const T& record : stored) there[KeyOf(record)] = &record;
  Difference<T> difference;
  for (const T& record : collected) {
    const auto found = there.find(KeyOf(record));
    if (found == there.end()) {
      difference.add.push_back(record);
    } else if (Same(record, *found->second)) {
      ++difference.same;
    } else {
      difference.change.push_back(record);
    }
  }
  return difference;
}

// The start of the day that lies `days` after that of `time`, in UTC.
absl::Time StartOfDay(absl::Time time, int days) {
  return absl::FromCivil(absl::ToCivilDay(time, absl::UTCTimeZone()) + days, absl::UTCTimeZone());
}

std::vector<EconomicEvent> Unlisted(const std::vector<EconomicEvent>& collected,
                                    const std::vector<EconomicEvent>& stored) {
  std::set<decltype(KeyOf(collected[0]))> keys;
  std::set<std::tuple<std::string, std::string, absl::Time>> days;
  std::set<std::pair<std::string, std::string>> listed;
  absl::Time first = absl::InfiniteFuture(), last = absl::InfinitePast();
  for (const EconomicEvent& event : collected) {
    keys.insert(KeyOf(event));
    listed.emplace(event.currency, event.name);
    days.emplace(event.currency, event.name, StartOfDay(event.time, 0));
    first = std::min(first, event.time);
    last = std::max(last, event.time);
  }
  std::vector<EconomicEvent> unlisted;
  for (const EconomicEvent& event : stored) {
    if (event.actual.has_value() || keys.contains(KeyOf(event))) continue;
    const bool in_span = first <= event.time && event.time <= last;
    // The sources, or what was asked of them, may begin or end in the middle of a day.
    if (in_span ? listed.contains({event.currency, event.name})
                : days.contains({event.currency, event.name, StartOfDay(event.time, 0)})) {
      unlisted.push_back(event);
    }
  }
  return unlisted;
}

template <typename T, typename Member>
std::vector<std::string> Distinct(const std::vector<T>& records, Member member) {
  std::set<std::string> distinct;
  for (const T& record : records) distinct.insert(record.*member);
  return {distinct.begin(), distinct.end()};
}

}  // namespace

Difference<EconomicEvent> Compare(const std::vector<EconomicEvent>& collected,
                                  const std::vector<EconomicEvent>& stored) {
  Difference<EconomicEvent> difference = CompareByKey(collected, stored);
  difference.unlisted = Unlisted(collected, stored);
  return difference;
}

Difference<FundamentalRecord> Compare(const std::vector<FundamentalRecord>& collected,
                                      const std::vector<FundamentalRecord>& stored) {
  return CompareByKey(collected, stored);
}

absl::StatusOr<Difference<EconomicEvent>> FindDifference(
    const std::vector<EconomicEvent>& collected, macro::MacroSource& backend,
    const base::CallContext& context) {
  if (collected.empty()) return Difference<EconomicEvent>();
  const auto [first, last] =
      std::minmax_element(collected.begin(), collected.end(),
                          [](const auto& a, const auto& b) { return a.time < b.time; });
  macro::EventQuery query;
  query.currencies = Distinct(collected, &EconomicEvent::currency);
  query.start = StartOfDay(first->time, 0);
  query.end = StartOfDay(last->time, 1) - absl::Milliseconds(1);
  AIFX_ASSIGN_OR_RETURN(const std::vector<EconomicEvent> stored, backend.Events(query, context));
  return Compare(collected, stored);
}

absl::StatusOr<Difference<FundamentalRecord>> FindDifference(
    const std::vector<FundamentalRecord>& collected, macro::MacroSource& backend,
    const base::CallContext& context) {
  if (collected.empty()) return Difference<FundamentalRecord>();
  const auto [first, last] =
      std::minmax_element(collected.begin(), collected.end(),
                          [](const auto& a, const auto& b) { return a.date < b.date; });
  macro::FundamentalQuery query;
  query.countries = Distinct(collected, &FundamentalRecord::country);
  query.start = first->date;
  query.end = last->date;
  AIFX_ASSIGN_OR_RETURN(const std::vector<FundamentalRecord> stored,
                        backend.Fundamentals(query, context));
  return Compare(collected, stored);
}

}  // namespace aifx::collect
