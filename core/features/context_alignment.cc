#include "core/features/context_alignment.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace aifx::features {
namespace {

std::string Utc(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

}  // namespace

void ContextCursor::Fill(absl::Span<const market::Candle> series, double* out) {
  if (!started_ && !series.empty()) {
    // A history may be far longer than the series: only its last candle before it matters.
    const auto later = std::upper_bound(
        context_.begin(), context_.end(), series[0].open_time,
        [](absl::Time time, const market::Candle& candle) { return time < candle.open_time; });
    const auto known = static_cast<size_t>(later - context_.begin());
    next_ = known > 0 ? known - 1 : 0;
    started_ = true;
  }
  for (size_t i = 0; i < series.size(); ++i) {
    for (; next_ < context_.size() && context_[next_].open_time <= series[i].open_time; ++next_) {
      carried_.Take(context_[next_].close);
    }
    out[i] = carried_.Step();
  }
}

absl::Status ContextQueue::Add(const market::Candle& candle, absl::string_view name) {
  const absl::Time least = std::max(newest_, series_);
  if (candle.open_time <= least) {
    return absl::InvalidArgumentError(
        absl::StrCat("the candle of ", name, " at ", Utc(candle.open_time), " came after that of ",
                     least == newest_ ? name : absl::string_view("the series"), " at ", Utc(least),
                     "; context candles come in order and no later than the series'"));
  }
  if (count_ == kMostAhead) {
    return absl::ResourceExhaustedError(absl::StrCat(kMostAhead, " candles of ", name,
                                                     " are ahead of the series; give the series' ",
                                                     "candles first"));
  }
  newest_ = candle.open_time;
  waiting_[(first_ + count_) % kMostAhead] = {candle.open_time, candle.close};
  ++count_;
  return absl::OkStatus();
}

double ContextQueue::Next(absl::Time open_time) {
  series_ = open_time;
  for (; count_ > 0 && waiting_[first_].open_time <= open_time; --count_) {
    carried_.Take(waiting_[first_].close);
    first_ = (first_ + 1) % kMostAhead;
  }
  return carried_.Step();
}

void ContextQueue::Restart() {
  first_ = count_ = 0;
  newest_ = series_ = absl::InfinitePast();
  carried_ = CarriedClose();
}

}  // namespace aifx::features
