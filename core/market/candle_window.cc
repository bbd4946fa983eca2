#include "core/market/candle_window.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace aifx::market {

CandleWindow::CandleWindow(size_t capacity) : capacity_(capacity) {
  if (capacity == 0) std::abort();
}

absl::Status CandleWindow::Push(const Candle& candle) {
  if (size() > 0 && candle.open_time <= buffer_.back().open_time) {
    return absl::InvalidArgumentError(
        absl::StrCat("open_time ", absl::FormatTime(candle.open_time, absl::UTCTimeZone()),
                     " is not after the newest candle's ",
                     absl::FormatTime(buffer_.back().open_time, absl::UTCTimeZone())));
  }
  if (size() == capacity_) {
    ++start_;
    // Moving once every `capacity` pushes keeps a push at constant amortized time.
    if (start_ == capacity_) {
      buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(start_));
      start_ = 0;
    }
  }
  buffer_.push_back(candle);
  return absl::OkStatus();
}

absl::Span<const Candle> CandleWindow::candles() const {
  return absl::MakeConstSpan(buffer_).subspan(start_);
}

}  // namespace aifx::market
