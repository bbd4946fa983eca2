#include "core/market/series_quality.h"

#include <algorithm>
#include <cmath>

#include "core/market/gaps.h"

namespace aifx::market {
namespace {

// Below this nothing is called an outlier: a tenth of a pip of EUR/USD.
constexpr double kSmallestMove = 1e-5;
// Hours of the week from Sunday 00:00 New York time in which the market is open.
constexpr int kWeek = 168, kOpens = 17, kCloses = 5 * 24 + 17;

template <typename T>
void Keep(std::vector<T>& list, size_t limit, T item) {
  if (list.size() < limit) list.push_back(std::move(item));
}

int HourOfWeek(absl::Time time) {
  const absl::CivilHour hour = absl::ToCivilHour(time, SharedCalendar().new_york());
  const int day = (static_cast<int>(absl::GetWeekday(hour)) + 1) % 7;  // Sunday is 0
  return day * 24 + hour.hour();
}

}  // namespace

bool IsPossible(const Candle& candle) {
  for (double price : {candle.open, candle.high, candle.low, candle.close}) {
    if (!std::isfinite(price) || price <= 0) return false;
  }
  return candle.low <= std::min(candle.open, candle.close) &&
         candle.high >= std::max(candle.open, candle.close);
}

double QualityReport::MissingShare() const {
  const int64_t expected = candles + missing;
  return expected == 0 ? 0 : static_cast<double>(missing) / static_cast<double>(expected);
}

double QualityChecker::Moves::RatioAndAdd(double move) {
  if (values_.size() < capacity_) {
    values_.push_back(move);
    sorted_.insert(std::upper_bound(sorted_.begin(), sorted_.end(), move), move);
    return 0;
  }
  const double ratio = move / std::max(sorted_[capacity_ / 2], kSmallestMove);
  Replace(values_[next_], move);
  values_[next_] = move;
  next_ = (next_ + 1) % capacity_;
  return ratio;
}

void QualityChecker::Moves::Replace(double old_move, double new_move) {
  const auto old_place = std::lower_bound(sorted_.begin(), sorted_.end(), old_move);
  if (new_move < old_move) {
    const auto place = std::upper_bound(sorted_.begin(), old_place, new_move);
    std::move_backward(place, old_place, old_place + 1);
    *place = new_move;
  } else {
    const auto behind = std::upper_bound(old_place, sorted_.end(), new_move);
    std::move(old_place + 1, behind, old_place);
    *(behind - 1) = new_move;
  }
}

QualityChecker::QualityChecker(Timeframe timeframe, QualityRules rules)
    : timeframe_(timeframe),
      rules_(rules),
      jumps_(rules.median_candles),
      spikes_(rules.median_candles) {}

void QualityChecker::Add(const Candle& candle) {
  ++report_.candles;
  if (!report_.first.has_value()) report_.first = candle.open_time;
  if (!CheckOrder(candle) || !CheckPrices(candle)) return;
  CheckHours(candle);
  if (previous_.has_value()) {
    CheckMoves(candle);
    CheckFlat(candle);
  }
  previous_ = candle;
}

bool QualityChecker::CheckOrder(const Candle& candle) {
  // The last one in order, be its prices possible or not: it is there.
  const std::optional<absl::Time> before = report_.last;
  if (before.has_value() && candle.open_time <= *before) {
    ++(candle.open_time == *before ? report_.duplicates : report_.unsorted);
    Keep(report_.misplaced, rules_.max_listed, candle.open_time);
    return false;
  }
  report_.last = candle.open_time;
  if (!before.has_value()) return true;
  const int64_t missing = MissingBetween(*before, candle.open_time, timeframe_);
  if (missing > 0) {
    report_.missing += missing;
    ++report_.gap_count;
    Keep(report_.gaps, rules_.max_listed, Gap{*before, candle.open_time, missing});
  }
  return true;
}

bool QualityChecker::CheckPrices(const Candle& candle) {
  if (IsPossible(candle)) return true;
  ++report_.impossible;
  Keep(report_.impossible_at, rules_.max_listed, candle.open_time);
  return false;
}

void QualityChecker::CheckMoves(const Candle& candle) {
  const auto check = [&](Outlier::Kind kind, double ratio) {
    if (ratio < rules_.outlier_ratio) return;
    ++report_.outlier_count;
    Keep(report_.outliers, rules_.max_listed, Outlier{candle.open_time, kind, ratio});
  };
  const double jump = std::abs(std::log(candle.close / previous_->close));
  const double spike = std::log(std::max(candle.high / std::max(candle.open, candle.close),
                                         std::min(candle.open, candle.close) / candle.low));
  check(Outlier::Kind::kJump, jumps_.RatioAndAdd(jump));
  check(Outlier::Kind::kSpike, spikes_.RatioAndAdd(spike));
}

void QualityChecker::CheckFlat(const Candle& candle) {
  const bool flat = candle.high <= candle.low && candle.close >= previous_->close &&
                    candle.close <= previous_->close;
  if (!flat) return EndFlat();
  if (flat_.candles == 0) flat_.first = candle.open_time;
  flat_.last = candle.open_time;
  ++flat_.candles;
}

void QualityChecker::EndFlat() {
  if (flat_.candles >= rules_.flat_candles) {
    ++report_.flat_count;
    Keep(report_.flats, rules_.max_listed, flat_);
  }
  flat_ = {};
}

void QualityChecker::CheckHours(const Candle& candle) {
  if (!IsUtcAnchored(timeframe_)) return;
  ++by_hour_of_week_[static_cast<size_t>(HourOfWeek(candle.open_time))];
  if (!SharedCalendar().IsOpen(candle.open_time)) ++report_.in_closed_market;
}

// The shift under which the fewest candles open in the weekend. It must explain nearly all of what
// does not fit now: a feed with a few quotes on Saturday is odd, not shifted.
std::optional<int> QualityChecker::LikelyShift() const {
  const auto in_weekend = [&](int shift) {
    int64_t count = 0;
    for (int hour = 0; hour < kWeek; ++hour) {
      const int shifted = (hour + shift + kWeek) % kWeek;
      if (shifted < kOpens || shifted >= kCloses)
        count += by_hour_of_week_[static_cast<size_t>(hour)];
    }
    return count;
  };
  const int64_t now = in_weekend(0);
  if (now * 200 <= report_.candles) return std::nullopt;  // less than half a percent
  int best = 0;
  int64_t least = now;
  for (int shift = 1; shift <= 14; ++shift) {  // nearest first; time zones reach from -12 to +14
    for (const int signed_shift : {shift, -shift}) {
      if (in_weekend(signed_shift) >= least) continue;
      least = in_weekend(signed_shift);
      best = signed_shift;
    }
  }
  if (best == 0 || least * 5 > now) return std::nullopt;
  return best;
}

QualityReport QualityChecker::Finish() {
  EndFlat();
  if (IsUtcAnchored(timeframe_)) report_.shift_hours = LikelyShift();
  return report_;
}

}  // namespace aifx::market
