#include "core/market/validation.h"

#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/market/series_warnings.h"

namespace aifx::market {
namespace {

constexpr size_t kMaxListed = 50;
constexpr double kPriceLimit = 1e9;

std::string Text(double value) { return absl::StrFormat("%.10g", value); }
std::string Text(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
}
std::string Field(size_t i, absl::string_view name) {
  return absl::StrCat("candles[", i, "].", name);
}

// Collects violations, formatting the first kMaxListed only: a hostile series costs no more.
class Report {
 public:
  explicit Report(std::vector<base::FieldViolation>& out) : out_(out) {}

  // The description is the field and its value followed by `what`.
  template <typename Value, typename... What>
  void Add(size_t i, absl::string_view name, Value value, const What&... what) {
    if (IsFull()) return;
    std::string field = Field(i, name);
    std::string description = absl::StrCat(field, " ", Text(value), " ", what...);
    out_.push_back({std::move(field), std::move(description)});
  }
  void AddMissing(size_t i, absl::string_view name) {
    if (IsFull()) return;
    const std::string field = Field(i, name);
    out_.push_back(
        {field, absl::StrCat(field, " is missing: a feature of the model is made of it")});
  }
  void AddSeries(std::string description) { out_.push_back({"candles", std::move(description)}); }
  void Finish() {
    if (unlisted_ > 0) AddSeries(absl::StrCat(unlisted_, " more violations are not listed"));
  }

 private:
  bool IsFull() {
    if (out_.size() < kMaxListed) return false;
    ++unlisted_;
    return true;
  }

  std::vector<base::FieldViolation>& out_;
  size_t unlisted_ = 0;
};

// One chain of comparisons, false for any NaN: what every candle of a good series costs.
bool PricesAreGood(const Candle& c) {
  return c.low > 0 && c.high < kPriceLimit && c.open >= c.low && c.open <= c.high &&
         c.close >= c.low && c.close <= c.high;
}

bool QuantityIsGood(const std::optional<double>& value) {
  return !value.has_value() || (*value >= 0 && std::isfinite(*value));
}

// Whether the price means something by itself; reports where it does not.
bool CheckPrice(size_t i, absl::string_view name, double price, Report& report) {
  if (!std::isfinite(price)) {
    report.Add(i, name, price, "is not a finite number");
  } else if (price <= 0) {
    report.Add(i, name, price, "is not positive");
  } else if (price >= kPriceLimit) {
    report.Add(i, name, price, "is not below ", kPriceLimit);
  } else {
    return true;
  }
  return false;
}

void CheckInside(size_t i, absl::string_view name, double price, const Candle& c, Report& report) {
  if (price < c.low) {
    report.Add(i, name, price, "is below ", Field(i, "low"), " ", Text(c.low));
  } else if (price > c.high) {
    report.Add(i, name, price, "is above ", Field(i, "high"), " ", Text(c.high));
  }
}

void ExplainPrices(size_t i, const Candle& c, Report& report) {
  const bool open = CheckPrice(i, "open", c.open, report);
  const bool high = CheckPrice(i, "high", c.high, report);
  const bool low = CheckPrice(i, "low", c.low, report);
  const bool close = CheckPrice(i, "close", c.close, report);
  if (!high || !low) return;
  if (c.high < c.low) {
    report.Add(i, "high", c.high, "is below ", Field(i, "low"), " ", Text(c.low));
    return;
  }
  if (open) CheckInside(i, "open", c.open, c, report);
  if (close) CheckInside(i, "close", c.close, c, report);
}

void CheckQuantity(size_t i, absl::string_view name, const std::optional<double>& value,
                   Report& report) {
  if (QuantityIsGood(value)) return;
  report.Add(i, name, *value, *value < 0 ? "is negative" : "is not a finite number");
}

// The least distance between open times. Longer candles are not evenly spaced: days and weeks
// follow daylight saving, weeks and months may be labelled by their first day of trading.
absl::Duration MinSpacing(Timeframe timeframe) {
  if (timeframe == Timeframe::k1Day) return absl::Hours(23);
  if (timeframe == Timeframe::k1Week) return absl::Hours(5 * 24);
  if (timeframe == Timeframe::k1Month) return absl::Hours(26 * 24);
  return TimeframeDuration(timeframe);
}

bool IsOnUtcGrid(absl::Time time, absl::Duration duration) {
  return (time - absl::UnixEpoch()) % duration == absl::ZeroDuration();
}

// Checks open times, one candle after the other.
class TimeRules {
 public:
  TimeRules(Timeframe timeframe, absl::Time now, const CandleRules& rules)
      : timeframe_(timeframe),
        duration_(TimeframeDuration(timeframe)),
        min_spacing_(MinSpacing(timeframe)),
        newest_open_(now - duration_),
        now_(now),
        earliest_(rules.earliest) {}

  void Check(absl::Span<const Candle> candles, size_t i, Report& report) {
    const absl::Time open = candles[i].open_time;
    // Right after a good candle and closed long enough: nothing else can be wrong.
    if (previous_good_ && open - candles[i - 1].open_time == duration_ && open <= newest_open_) {
      return;
    }
    const bool range = CheckRange(i, open, report);
    const bool order = i == 0 || CheckOrder(i, open, candles[i - 1].open_time, report);
    previous_good_ = range && order;
  }

 private:
  bool CheckRange(size_t i, absl::Time open, Report& report) const {
    if (open < earliest_) {
      report.Add(i, "open_time", open, "is before ", Text(earliest_));
    } else if (open > now_ || open == absl::InfiniteFuture()) {
      report.Add(i, "open_time", open, "is in the future: it is now ", Text(now_));
    } else if (open > newest_open_ && CloseTime(timeframe_, open) > now_) {
      report.Add(i, "open_time", open, "is of a candle still in progress: it closes at ",
                 Text(CloseTime(timeframe_, open)), " and it is now ", Text(now_));
    } else if (IsUtcAnchored(timeframe_) && !IsOnUtcGrid(open, duration_)) {
      report.Add(i, "open_time", open, "is not on a whole UTC multiple of ",
                 TimeframeName(timeframe_));
    } else {
      return true;
    }
    return false;
  }

  bool CheckOrder(size_t i, absl::Time open, absl::Time previous, Report& report) const {
    if (open - previous >= min_spacing_) return true;
    const std::string other = absl::StrCat(Field(i - 1, "open_time"), " ", Text(previous));
    if (open == previous) {
      report.Add(i, "open_time", open, "repeats ", other);
    } else if (open < previous) {
      report.Add(i, "open_time", open, "is before ", other, "; candles come oldest first");
    } else {
      report.Add(i, "open_time", open, "is only ", absl::FormatDuration(open - previous), " after ",
                 other, ", less than the timeframe ", TimeframeName(timeframe_));
    }
    return false;
  }

  Timeframe timeframe_;
  absl::Duration duration_;
  absl::Duration min_spacing_;
  absl::Time newest_open_;
  absl::Time now_;
  absl::Time earliest_;
  bool previous_good_ = false;
};

}  // namespace

CandleFindings ValidateCandles(absl::Span<const Candle> candles, Timeframe timeframe,
                               absl::Time now, const CandleRules& rules) {
  CandleFindings findings;
  Report report(findings.violations);
  if (candles.size() > rules.max_candles) {
    // Not looked at any further: the limit is there to bound the work.
    report.AddSeries(absl::StrCat("candles has ", candles.size(), " entries, at most ",
                                  rules.max_candles, " are accepted"));
    return findings;
  }
  if (candles.size() < rules.min_candles) {
    report.AddSeries(absl::StrCat("candles has ", candles.size(), " entries, but ",
                                  rules.min_candles, " closed candles are needed"));
  }
  TimeRules times(timeframe, now, rules);
  for (size_t i = 0; i < candles.size(); ++i) {
    const Candle& candle = candles[i];
    times.Check(candles, i, report);
    if (!PricesAreGood(candle)) ExplainPrices(i, candle, report);
    CheckQuantity(i, "volume", candle.volume, report);
    if (!candle.volume.has_value() && i >= rules.volume_from) report.AddMissing(i, "volume");
    CheckQuantity(i, "spread_pips", candle.spread_pips, report);
  }
  report.Finish();
  if (findings.violations.empty()) AddSeriesWarnings(candles, timeframe, findings.warnings);
  return findings;
}

}  // namespace aifx::market
