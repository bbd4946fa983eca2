#ifndef AIFX_CORE_MACRO_MACRO_RECORD_H_
#define AIFX_CORE_MACRO_MACRO_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/call_context.h"

namespace aifx::macro {

// One published value of a macroeconomic series. A revision is a further record with the same date
// and a later released_at.
struct FundamentalRecord {
  absl::Time date;        // start of the reference period (its day, 00:00 UTC)
  std::string country;    // "US", "EU", "GB", "JP", ...
  std::string indicator;  // interest_rate, gdp, cpi, unemployment, inflation, pmi, trade_balance
  double value = 0;
  std::string unit;                       // such as "percent"; may be empty
  std::string source;                     // such as "FRED:GDPC1"; may be empty
  std::optional<absl::Time> released_at;  // when this value became known; absent: unknown
  bool operator==(const FundamentalRecord&) const = default;
};

enum class Impact { kHoliday, kLow, kMedium, kHigh };

// One scheduled event of the economic calendar.
struct EconomicEvent {
  absl::Time time;
  std::string currency;  // "USD", ...
  std::string name;
  Impact impact = Impact::kLow;
  std::optional<double> forecast, actual, previous;  // in the event's own unit
  std::string source;
  bool time_known = true;  // false: `time` is the start of the event's day
  bool operator==(const EconomicEvent&) const = default;
};

struct FundamentalQuery {
  std::string indicator;                 // empty: all
  std::vector<std::string> countries;    // empty: all
  std::optional<absl::Time> start, end;  // of `date`, inclusive
  std::optional<absl::Time> as_of;       // only what was released by then
};

struct EventQuery {
  std::vector<std::string> currencies;   // empty: all
  std::vector<Impact> impacts;           // empty: all
  std::optional<absl::Time> start, end;  // inclusive
};

struct UpsertCounts {
  int64_t inserted = 0;
  int64_t updated = 0;
};

// Where macro data comes from and goes to; client/backend implements both. Calls block, are
// thread-safe, page through everything and fail as the ports of core/records/ports.h do;
// UNIMPLEMENTED where the backend lacks the route.
class MacroSource {
 public:
  virtual ~MacroSource() = default;
  // Ascending by date, then released_at.
  virtual absl::StatusOr<std::vector<FundamentalRecord>> Fundamentals(
      const FundamentalQuery& query, const base::CallContext& context) = 0;
  // Ascending by time.
  virtual absl::StatusOr<std::vector<EconomicEvent>> Events(const EventQuery& query,
                                                            const base::CallContext& context) = 0;
};

class MacroSink {
 public:
  virtual ~MacroSink() = default;
  // At most 1,000 records a call; upserts, so that repeating a call is harmless.
  virtual absl::StatusOr<UpsertCounts> PutFundamentals(
      const std::vector<FundamentalRecord>& records, const base::CallContext& context) = 0;
  virtual absl::StatusOr<UpsertCounts> PutEvents(const std::vector<EconomicEvent>& events,
                                                 const base::CallContext& context) = 0;
};

}  // namespace aifx::macro

#endif  // AIFX_CORE_MACRO_MACRO_RECORD_H_
